import { isDeepStrictEqual } from "node:util";
import type { Existing } from "./cloud/store.js";

/** Something that an engine had asked for when it was killed, and of which it never learned the outcome. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: {
    readonly urn: string;
    readonly type: string;
    readonly custom: boolean;
    readonly parent?: string;

    /** URN and id of the provider. */
    readonly provider?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
  };
}

/** The part of a state that tells what exists. */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly { readonly type: string; readonly id?: string }[];
      readonly pending_operations?: readonly PendingOperation[];
    };
  };
}

/** As `pulumi import --file` reads it. */
export interface ImportFile {
  readonly nameTable: Readonly<Record<string, string>>;
  readonly resources: readonly {
    type: string;
    name: string;
    id: string;
    parent?: string;
    provider?: string;
  }[];
}

/**
 * What a person looks up in the clouds' consoles after an engine was killed: of each thing that it was about to make,
 * whether it is there.
 *
 * @param state text of the state
 */
export function creationsThatHappened(state: string, cloud: readonly Existing[]): ImportFile {
  const { resources: known = [], pending_operations = [] } =
    (JSON.parse(state) as Checkpoint).checkpoint?.latest ?? {};
  // Things of two types may have the same id, as a repository and its policies in ECR do.
  const isKnown = (thing: Existing) => known.some(({ type, id }) => type === thing.token && id === thing.id);
  const unknown = cloud.filter((thing) => thing.remains === undefined && !isKnown(thing));
  const nameTable: Record<string, string> = {};
  const named = (urn: string) => {
    const name = nameOf(urn);
    nameTable[name] = urn;
    return name;
  };
  const resources = pending_operations
    .filter(({ type, resource }) => type === "creating" && resource.custom)
    .flatMap(({ resource: { type, urn, inputs, parent, provider } }) => {
      const index = unknown.findIndex((thing) => thing.token === type && isAlike(thing.inputs, inputs));
      const [made] = index < 0 ? [] : unknown.splice(index, 1);
      if (!made) return [];
      const ofProvider = provider?.slice(0, provider.lastIndexOf("::"));
      const places = { parent: parent && named(parent), provider: ofProvider && named(ofProvider) };
      return [{ type, name: urn.slice(urn.lastIndexOf("::") + 2), id: made.id, ...places }];
    });
  return { nameTable, resources };
}

/** Names of the table are only for the file. */
const nameOf = (urn: string) =>
  urn
    .split("::")
    .slice(2)
    .join("_")
    .replaceAll(/[^A-Za-z0-9]/g, "_");

/** Secrets are encrypted in the state: what else is there has to do. */
function isAlike(
  made: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>> = {},
): boolean {
  const readable = Object.entries(asked).filter(
    ([, value]) => !JSON.stringify(value).includes('"ciphertext"'),
  );
  return readable.every(([key, value]) => isDeepStrictEqual(made[key], value));
}

export const pendingOperations = (state: string) =>
  (JSON.parse(state) as Checkpoint).checkpoint?.latest?.pending_operations ?? [];
