import { UserError } from "../shell/errors.js";
import { runPhases, type Tell } from "../shell/progress.js";
import { unpackArchive } from "./archive.js";
import type { Manifest, Part } from "./manifest.js";
import type { Platform } from "./platform.js";
import type { Store } from "./store.js";

export interface Step {
  title: string;
  run: (tell: Tell) => Promise<void>;
}

/** Does steps one after the other and shows them. */
export type RunSteps = (steps: Step[]) => Promise<void>;

export const show: RunSteps = (steps) =>
  runPhases(
    {},
    steps.map(({ title, run }) => ({ title, run: (_: object, tell: Tell) => run(tell) })),
  );

/** The platform has not got what a backup was made of. */
export class MissingStoreError extends UserError {}

export interface Checked {
  /** Those that the manifest has a part of, and its part. */
  pairs: { store: Store; part: Part }[];
  left: string[];
}

/** Unpacks a backup into `folder` and finds the store of each of its parts; touches nothing. */
export async function check(
  file: string,
  folder: string,
  platform: Platform,
  runSteps: RunSteps,
): Promise<Checked> {
  let manifest: Manifest | undefined;
  let checked: Checked | undefined;
  await runSteps([
    {
      title: `check ${file}`,
      run: async () => {
        manifest = await unpackArchive(file, folder).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          throw new UserError(`${file} cannot be restored; nothing was changed:\n${error.message}`, {
            cause: error,
          });
        });
      },
    },
    {
      title: "check the platform",
      run: async (tell) => {
        checked = await matched(manifest as Manifest, await platform.stores(tell));
      },
    },
  ]);
  return checked as unknown as Checked;
}

/** @throws MissingStoreError, or UserError, with every part whose store is not there or too old. */
async function matched(manifest: Manifest, stores: Store[]): Promise<Checked> {
  const pairs = manifest.parts.flatMap((part) => {
    const store = stores.find(({ name, kind }) => name === part.store && kind === part.kind);
    return store === undefined ? [] : [{ store, part }];
  });
  const names = stores.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  const missing = manifest.parts
    .filter((part) => !pairs.some((pair) => pair.part === part))
    .map(({ store, kind }) => `expected a store ${store} (${kind}), got only ${names}`);
  const versions = await Promise.all(pairs.map(({ store }) => store.version()));
  const old = pairs.flatMap(({ part }, index) => {
    const [wanted, found = ""] = [part.server, versions[index]];
    if (!isOlder(found, wanted)) return [];
    return [`${part.store}: expected a server of version ${wanted} or newer, got ${found}`];
  });
  const text = ["nothing was changed:", ...missing, ...old].join("\n");
  if (missing.length > 0) throw new MissingStoreError(text);
  if (old.length > 0) throw new UserError(text);
  const left = stores.filter((store) => !pairs.some((pair) => pair.store === store)).map(({ name }) => name);
  return { pairs, left };
}

/** By the first two numbers: within them what a server writes can be read by every other. */
export function isOlder(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [version, than].map((text) =>
    text.split(".").map((number) => Number.parseInt(number, 10)),
  ) as [number[], number[]];
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
