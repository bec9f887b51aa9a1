import { quantityValue } from "../k8s/quantity.js";

export const REDIS_PORT = 6379;

/** Where the container finds what. */
export const REDIS_PATHS = {
  /** The ConfigMap of this file's texts. */
  config: "/etc/redis",
  /** The Secret with the password. */
  auth: "/etc/redis-auth",
  passwordFile: "/etc/redis-auth/password",
  /** In memory: the password must not reach a disk. */
  runtime: "/run/redis",
  data: "/data",
} as const;

/** Commands that no client of ours needs, and that one mistake or one stolen password turns into a loss. */
const disabledCommands = ["FLUSHALL", "FLUSHDB", "SWAPDB", "KEYS", "DEBUG", "SHUTDOWN"];

/** Memory for the data: the rest of the limit is for a fork's changed pages and for the followers' buffers. */
export function maxmemoryFor(memoryLimit: string): number {
  return Math.floor(quantityValue(memoryLimit) * 0.6);
}

/** What every pod's server has in common. */
export function redisConf(memoryLimit: string): string {
  return `port ${REDIS_PORT}
bind * -::*
daemonize no
logfile ""
dir ${REDIS_PATHS.data}

# Every write goes to the log, which reaches the disk within a second.
appendonly yes
appendfsync everysec
save ""

# When the memory is full writes are refused: nothing that was accepted is thrown away.
maxmemory ${maxmemoryFor(memoryLimit)}
maxmemory-policy noeviction

# A follower that is just writing its first log would otherwise refuse to stop, and be killed half a minute later.
shutdown-on-sigterm force

# A client or a follower that vanished is noticed within a minute.
tcp-keepalive 60

${disabledCommands.map((command) => `rename-command ${command} ""`).join("\n")}
`;
}

/** Adds what differs from pod to pod, the password and the primary, and becomes the server. */
export function launchScript(primaryHost: string): string {
  return `#!/bin/sh
set -eu
umask 077

password=$(cat ${REDIS_PATHS.passwordFile})
case $password in
  "" | *[!A-Za-z0-9]*)
    echo "expected a password of letters and digits in ${REDIS_PATHS.passwordFile}" >&2
    exit 1
    ;;
esac

# A file, because everyone on the node can read a process's arguments.
{
  echo "include ${REDIS_PATHS.config}/redis.conf"
  echo "requirepass $password"
  echo "masterauth $password"
  if [ "\${POD_NAME##*-}" != 0 ]; then
    echo "replicaof ${primaryHost} ${REDIS_PORT}"
  fi
} >${REDIS_PATHS.runtime}/redis.conf

exec redis-server ${REDIS_PATHS.runtime}/redis.conf
`;
}

const askServer = `REDISCLI_AUTH=$(cat ${REDIS_PATHS.passwordFile})
export REDISCLI_AUTH
ask() { redis-cli -p ${REDIS_PORT} "$@"; }
`;

/** Any answer will do, "LOADING" too: a server that reads a long log must not be restarted. */
export function livenessScript(): string {
  return `#!/bin/sh
set -eu
${askServer}
ask ping >/dev/null
`;
}

/**
 * Ready once the data are loaded; a follower, once its volume has held a copy of the primary's data, or it would answer
 * readers that nothing was ever written. Later the primary may be away: old data are better than none, and a rollout
 * that changes the password could not go on if its first pod waited for a primary with the old one.
 */
export function readinessScript(): string {
  return `#!/bin/sh
set -eu
${askServer}
[ "$(ask ping)" = PONG ]
if [ "\${POD_NAME##*-}" = 0 ] || [ -e ${REDIS_PATHS.data}/synced ]; then
  exit 0
fi
ask info replication | grep -q '^master_link_status:up'
: > ${REDIS_PATHS.data}/synced
`;
}
