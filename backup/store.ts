import type { Tell } from "../shell/progress.js";
import type { Counts, Part, StoreKind } from "./manifest.js";

/** A database of the platform, with all that is in it. */
export interface Store {
  /** Namespace and StatefulSet, such as "prisma/mysql". */
  readonly name: string;
  readonly namespace: string;
  readonly kind: StoreKind;

  /** Version of its server, such as "7.0.15". */
  version(): Promise<string>;

  /** Writes into a file all that was acknowledged before: as of one moment where the server offers that. */
  dump(file: string, tell: Tell): Promise<Dump>;

  /** Replaces all that is in it by what is in the file. */
  restore(file: string, tell: Tell): Promise<void>;

  count(): Promise<Counts>;
}

export type Dump = Pick<Part, "tool" | "counts" | "expiring">;

/** Name of a store's file in a backup. */
export const fileOf = ({ name, kind }: Store) =>
  `${name.replace("/", "-")}.${kind === "mysql" ? "sql" : "jsonl"}`;
