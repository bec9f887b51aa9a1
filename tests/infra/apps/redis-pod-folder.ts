import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisFiles } from "../../../infra/apps/redis-config.js";

export const REDIS = 6379;
export const SENTINEL = 26379;
export const hosts = [0, 1, 2].map((pod) => `redis-${pod}.redis-write`);
export const hostOf = (pod: number) => hosts[pod] ?? "";

/** The files of a Redis pod in a folder of a test, with stand-ins for the programs that its scripts call. */
export class PodFolder {
  readonly root = mkdtempSync(join(tmpdir(), "redis-pod-"));

  readonly #pod: number;

  constructor(pod: number) {
    this.#pod = pod;
    for (const folder of ["auth", "internal", "run", "data", "bin", "answers", "config"])
      mkdirSync(join(this.root, folder));
    for (const [name, text] of Object.entries(redisFiles("256Mi", 3, "~* -@all +@read +@write")))
      this.write(`config/${name}`, text);
    this.write("auth/password", "ClientPassword1");
    this.write("internal/internal", "InternalPassword1");
    this.write("internal/metrics", "MetricsPassword1");
    this.program("redis-server", 'echo "server $*"');
    // Time passes by being asked for, ten seconds at once, so that nothing here waits; and a minute is enough.
    this.write("now", "1000");
    this.write("naps", "0");
    this.program(
      "date",
      `read -r now <"${this.root}/now"; now=$((now + 10)); echo $now >"${this.root}/now"; echo $now`,
    );
    this.program(
      "sleep",
      `read -r naps <"${this.root}/naps"; naps=$((naps + 1)); echo $naps >"${this.root}/naps"
[ $naps -lt 6 ] || kill "$PPID"`,
    );
    this.program("timeout", 'shift; exec "$@"');
    this.program("redis-cli", client(this.root));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.root, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), "utf8").replaceAll(this.root, "");
  }

  has(name: string): boolean {
    return existsSync(join(this.root, name));
  }

  /** A stand-in for a program of the image. */
  program(name: string, body: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.root, "bin", name), 0o755);
  }

  /** What the server or the Sentinel of a pod says to a command, from now on or from the given question on. */
  answer(pod: number, port: number, command: string, text: string, from = 1): void {
    this.write(`answers/${hostOf(pod)}:${port} ${command}@${from}`, text);
  }

  /** A Sentinel that knows the primary; -1 is none. */
  sentinel(pod: number, primary: number, epoch = 5, from = 1): void {
    const master = ["name", "journal", "ip", hostOf(primary), "flags", "master", "config-epoch", epoch];
    const known = primary < 0 ? "ERR No such master with that name" : master.join("\n");
    this.answer(pod, SENTINEL, "sentinel master journal", `${known}\n`, from);
  }

  /** A server that answers. */
  server(pod: number, role: string, keys: number, lines: readonly string[] = []): void {
    const info = ["# Replication", `role:${role}`, ...lines].join("\r\n");
    this.answer(pod, REDIS, "ping", "PONG\n");
    this.answer(pod, REDIS, "info replication", `${info}\r\n`);
    this.answer(pod, REDIS, "dbsize", `${keys}\n`);
  }

  /** Runs a script as the pod's container does; it is ended by a signal if it would wait for more than a minute. */
  run(script: string, args: readonly string[] = []) {
    const env = {
      PATH: `${this.root}/bin:/usr/bin:/bin`,
      POD_NAME: `redis-${this.#pod}`,
      REDIS_HOSTS: hosts.join(" "),
      REDIS_PRIMARY_NAME: "journal",
      REDIS_QUORUM: "2",
      CONFIG_DIR: join(this.root, "config"),
      AUTH_DIR: join(this.root, "auth"),
      INTERNAL_DIR: join(this.root, "internal"),
      RUN_DIR: join(this.root, "run"),
      DATA_DIR: join(this.root, "data"),
    };
    const file = join(this.root, "config", script);
    const { status, stdout, stderr } = spawnSync("sh", [file, ...args], { encoding: "utf8", env });
    return { status, stdout: stdout.replaceAll(this.root, ""), stderr: stderr.replaceAll(this.root, "") };
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/**
 * Counts the questions of each kind, and gives the answer that holds from the latest of them on. The pod's own name is
 * nobody's, as after it was deleted by force.
 */
const client = (root: string) => `
self=$POD_NAME.redis-write
while :; do
  case $1 in
    -e) shift ;;
    --user) shift 2 ;;
    -h) host=$2; shift 2 ;;
    -p) port=$2; shift 2 ;;
    *) break ;;
  esac
done
case $host in
  "$self") exit 1 ;;
  localhost) host=$self ;;
esac
# What cat does, without a process.
say() {
  while IFS= read -r line; do printf '%s\\n' "$line"; done <"$1"
  printf %s "$line"
}
tell() {
  question="$host:$port $1"
  echo "$question" >>"${root}/asked"
  count=0
  while read -r asked; do
    if [ "$asked" = "$question" ]; then count=$((count + 1)); fi
  done <"${root}/asked"
  while [ "$count" -gt 0 ]; do
    answer="${root}/answers/$question@$count"
    if [ -e "$answer" ]; then
      read -r first <"$answer"
      case $first in
        ERR* | INPROG*) say "$answer" >&2; return 1 ;;
        *) say "$answer"; return ;;
      esac
    fi
    count=$((count - 1))
  done
  return 1
}
echo "$REDISCLI_AUTH" >"${root}/authenticated"
if [ $# -gt 0 ]; then
  tell "$*"
else
  while read -r command; do tell "$command" || exit 1; done
fi`;
