import assert from "node:assert/strict";
import { REDIS_PORT, SENTINEL_PORT } from "../../infra/apps/redis-config.js";
import { kubectl, until } from "./platform.js";
import { podProcess } from "./pod-processes.js";

export const redisPods = ["redis-0", "redis-1", "redis-2"];

/** What a server, or with SENTINEL_PORT its Sentinel, answers to the pods' own user. */
export function ask(pod: string, command: string, port = REDIS_PORT, namespace = "journal"): Promise<string> {
  const script = `REDISCLI_AUTH=$(cat /etc/redis-internal/internal) redis-cli --user keeper -p ${port} ${command}`;
  return kubectl("exec", "-n", namespace, pod, "-c", "sentinel", "--", "sh", "-c", script);
}

/** The pod that most Sentinels call the primary. */
export async function primaryPod(namespace = "journal"): Promise<string> {
  const command = `sentinel get-master-addr-by-name ${namespace}`;
  const answers = await Promise.all(
    redisPods.map((pod) => ask(pod, command, SENTINEL_PORT, namespace).catch(() => "")),
  );
  const named = answers.map((answer) => /^redis-\d/.exec(answer)?.[0]);
  const primary = redisPods.find((pod) => named.filter((name) => name === pod).length >= 2);
  assert.ok(primary, `expected two Sentinels to agree, got ${answers.join("; ")}`);
  return primary;
}

/** The pods whose servers take themselves for the primary. */
export async function leaders(namespace = "journal"): Promise<string[]> {
  const accounts = await Promise.all(
    redisPods.map((pod) => ask(pod, "info replication", REDIS_PORT, namespace)),
  );
  return redisPods.filter((_, index) => accounts[index]?.includes("role:master"));
}

/** Waits until one server leads, the others follow it with all that it has, and each could be promoted. */
export async function replicating(namespace = "journal"): Promise<void> {
  await until("one primary with two followers, which may be promoted", async () => {
    const accounts = await Promise.all(
      redisPods.map((pod) => ask(pod, "info replication", REDIS_PORT, namespace)),
    );
    const roles = accounts.map((account) => /role:(\w+)/.exec(account)?.[1]);
    const led = accounts.find((account) => account.includes("role:master")) ?? "";
    const wellLed = /connected_slaves:2/.test(led) && roles.filter((role) => role === "master").length === 1;
    const held = accounts.every((account) => !account.includes("slave_priority:0"));
    return wellLed && held ? undefined : `${roles.join(", ")}: ${led}`;
  });
}

/** The Sentinel's process, by its id on this machine. */
export const sentinelProcess = (pod: string, namespace = "journal") =>
  podProcess(namespace, pod, "redis-sentinel");

/** The server's process, by its id on this machine. */
export const serverProcess = (pod: string, namespace = "journal") =>
  podProcess(namespace, pod, "redis-server");
