import { type ClusterAccess, get } from "../cluster/access.js";

/** An object as the API server gives it. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };

  /** Each kind has fields of its own. */
  readonly [field: string]: unknown;
}

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

/** Everything that is in a cluster, of every kind that it knows; a kind of several versions once. */
export async function liveObjects(access: ClusterAccess): Promise<LiveObject[]> {
  const { groups } = JSON.parse(await get(access, "/apis")) as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const paths = [
    "/api/v1",
    ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
  const lists = await Promise.all(
    paths.map(async (path) => ({ path, list: JSON.parse(await get(access, path)) as ResourceList })),
  );
  const readable = lists.flatMap(({ path, list }) =>
    list.resources
      .filter(({ name, verbs }) => verbs.includes("list") && !name.includes("/"))
      .map(({ name, kind }) => ({ path: `${path}/${name}`, kind, apiVersion: list.groupVersion })),
  );
  const found = await Promise.all(
    readable.map(async ({ path, kind, apiVersion }) => {
      const { items } = JSON.parse(await get(access, path)) as { items: LiveObject[] };
      return items.map((item) => ({ ...item, kind, apiVersion }));
    }),
  );
  return found.flat();
}

export const ofKind = (objects: readonly LiveObject[], kind: string) =>
  objects.filter((object) => object.kind === kind);

/** Such as "Deployment journal/frontend". */
export function titleOf({ kind, metadata: { namespace, name } }: LiveObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
