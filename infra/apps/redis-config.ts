import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quantityValue } from "../k8s/quantity.js";

export const REDIS_PORT = 6379;
export const SENTINEL_PORT = 26379;
export const METRICS_PORT = 9121;

/** Where the containers find what. */
export const REDIS_PATHS = {
  /** The ConfigMap of the texts below. */
  config: "/etc/redis",
  /** The password of the clients. */
  auth: "/etc/redis-auth",
  /** The passwords among the pods. */
  internal: "/etc/redis-internal",
  /** The password of the metrics alone. */
  exporter: "/etc/redis-exporter",
  /** In memory: a password must not reach a disk. */
  runtime: "/run/redis",
  data: "/data",
} as const;

const texts = [
  "common.sh",
  "launch.sh",
  "leave.sh",
  "live.sh",
  "ready.sh",
  "sentinel.conf",
  "sentinel-users.acl",
  "sentinel.sh",
] as const;

/**
 * Every file of the ConfigMap: those beside this module, the server's configuration, and what its clients may do.
 *
 * @param rights of the clients' user, in the words of Redis' ACL
 */
export function redisFiles(memoryLimit: string, replicas: number, rights: string): Record<string, string> {
  const read = (name: string) => readFileSync(join(import.meta.dirname, "redis", name), "utf8");
  return {
    ...Object.fromEntries(texts.map((name) => [name, read(name)])),
    "redis.conf": redisConf(memoryLimit, replicas),
    "users.acl": `app ${rights}\n${read("users.acl")}`,
  };
}

/** Sentinels that must agree before one of them acts: more than half. */
export function quorumOf(replicas: number): number {
  return Math.floor(replicas / 2) + 1;
}

/** Followers that must have a write before it is acknowledged; a Redis of one pod has none. */
export function acknowledgingReplicas(replicas: number): number {
  return replicas > 1 ? 1 : 0;
}

/** Memory for the data: the rest of the limit is for a fork's changed pages and for the followers' buffers. */
export function maxmemoryFor(memoryLimit: string): number {
  return Math.floor(quantityValue(memoryLimit) * 0.6);
}

/** What every pod's server has in common. */
export function redisConf(memoryLimit: string, replicas: number): string {
  return `protected-mode no
daemonize no
logfile ""

# Every write goes to the log, which reaches the disk within a second.
appendonly yes
appendfsync everysec
save ""

# When the memory is full writes are refused: nothing that was accepted is thrown away.
maxmemory ${maxmemoryFor(memoryLimit)}
maxmemory-policy noeviction

# A primary that no follower hears takes no writes, for they would be lost when another is promoted.
min-replicas-to-write ${acknowledgingReplicas(replicas)}
min-replicas-max-lag 3

# Whoever has restarted may be behind: sentinel.sh lets it be promoted once it holds what the primary holds.
replica-priority 0

# A dead primary is noticed, and one that comes back is followed, within seconds and without a full copy; where it takes
# one, it begins at once, since nobody can write before a follower has it.
repl-timeout 10
repl-ping-replica-period 2
repl-diskless-sync-delay 0
repl-backlog-size 16mb
client-output-buffer-limit replica 64mb 32mb 60

# A follower that is just writing its first log would otherwise refuse to stop, and be killed half a minute later.
shutdown-on-sigterm force

# A client that vanished is noticed within a minute.
tcp-keepalive 60
`;
}
