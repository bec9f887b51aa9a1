import { mountedSecret, type Objects, type StatefulSet } from "./cluster.js";
import { MongoDbStore } from "./mongodb.js";
import { MySqlStore } from "./mysql.js";
import type { Pod } from "./pods.js";
import { RedisStore } from "./redis.js";
import type { Store } from "./store.js";

/**
 * What holds nothing that would have to be kept. In the chat's Redis its user may write one key only, a stream by which
 * the servers tell each other of messages that are in MongoDB; they read on from its end when they start.
 */
const TRANSIENT = new Set(["chat/redis"]);

type Create = (name: string, pods: Pod[], statefulSet: StatefulSet) => Store;

/** By the component that a StatefulSet says it is. */
const kinds: Readonly<Record<string, Create>> = {
  mysql: (name, pods) => new MySqlStore(name, pods[0] as Pod),
  mongodb: (name, pods) => new MongoDbStore(name, pods[0] as Pod),
  redis: (name, pods, statefulSet) =>
    new RedisStore(name, pods, () => mountedSecret(statefulSet, "internal", "internal")),
};

/** Every store of the platform whose content a backup keeps, in the order of their names. */
export function storesOf({ statefulSets }: Pick<Objects, "statefulSets">): Store[] {
  const stores = statefulSets.flatMap((statefulSet) => {
    const { namespace, name, labels } = statefulSet.metadata;
    const create = kinds[labels?.["app.kubernetes.io/component"] ?? ""];
    const storeName = `${namespace}/${name}`;
    if (create === undefined || TRANSIENT.has(storeName)) return [];
    const { replicas } = statefulSet.spec;
    const pods = Array.from({ length: replicas }, (_, index) => ({ namespace, name: `${name}-${index}` }));
    return [create(storeName, pods, statefulSet)];
  });
  return stores.sort((a, b) => (a.name < b.name ? -1 : 1));
}
