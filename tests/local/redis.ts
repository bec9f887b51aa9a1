import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { processesIn } from "../../machine/control-groups.js";
import { nodeIndexes, nodeName } from "../../machine/layout.js";
import { kubectl, objects, settings, until } from "./platform.js";

export const redisPods = ["redis-0", "redis-1", "redis-2"];

/** What a server, or with port 26379 its Sentinel, answers to the pods' own user. */
export function ask(pod: string, command: string, port = 6379): Promise<string> {
  const script = `REDISCLI_AUTH=$(cat /etc/redis-internal/internal) redis-cli --user keeper -p ${port} ${command}`;
  return kubectl("exec", "-n", "journal", pod, "-c", "sentinel", "--", "sh", "-c", script);
}

/** The pod that most Sentinels call the primary. */
export async function primaryPod(): Promise<string> {
  const command = "sentinel get-master-addr-by-name journal";
  const answers = await Promise.all(redisPods.map((pod) => ask(pod, command, 26379).catch(() => "")));
  const named = answers.map((answer) => /^redis-\d/.exec(answer)?.[0]);
  const primary = redisPods.find((pod) => named.filter((name) => name === pod).length >= 2);
  assert.ok(primary, `expected two Sentinels to agree, got ${answers.join("; ")}`);
  return primary;
}

/** Waits until one server leads, the others follow it with all that it has, and each could be promoted. */
export async function replicating(): Promise<void> {
  await until("one primary with two followers, which may be promoted", async () => {
    const accounts = await Promise.all(redisPods.map((pod) => ask(pod, "info replication")));
    const roles = accounts.map((account) => /role:(\w+)/.exec(account)?.[1]);
    const led = accounts.find((account) => account.includes("role:master")) ?? "";
    const wellLed = /connected_slaves:2/.test(led) && roles.filter((role) => role === "master").length === 1;
    const held = accounts.every((account) => !account.includes("slave_priority:0"));
    return wellLed && held ? undefined : `${roles.join(", ")}: ${led}`;
  });
}

/** The server's process, by its id on this machine. */
export function serverProcess(pod: string): number {
  const all = nodeIndexes(settings()).flatMap((index) => processesIn(`${nodeName(index)}/kubepods`));
  const found = all.filter((pid) => {
    const of = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    try {
      const first = /^NSpid:.*\t1$/m.test(of("status"));
      return first && of("comm") === "redis-server\n" && of("root/etc/hostname") === `${pod}\n`;
    } catch {
      return false; // It has just ended.
    }
  });
  assert.equal(found.length, 1, `expected one server process of ${pod}, got ${found.join(", ") || "none"}`);
  return found[0] ?? 0;
}

/** Id of a pod, which another pod of the same name does not have. */
export async function podId(pod: string): Promise<string> {
  const [found] = await objects("pods", "-n", "journal", `--field-selector=metadata.name=${pod}`);
  return (found?.metadata.uid ?? "") as string;
}
