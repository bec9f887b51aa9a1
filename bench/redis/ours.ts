import { ask, primaryPod, redisPods } from "../../tests/local/redis.js";
import { kubectl } from "../../tests/local/platform.js";
import type { Contender } from "./contender.js";

const namespace = "journal";

/** The journal's own Redis, with the variables and the password of the journal's own pods. */
export async function ours(): Promise<Contender> {
  const tell = "process.stdout.write(JSON.stringify(process.env))";
  const inFrontend = ["exec", "deployment/frontend", "-n", namespace, "--", "/usr/local/bin/node", "-e"];
  const env = JSON.parse(await kubectl(...inFrontend, tell)) as Record<string, string>;
  const file = JSON.stringify(env.REDIS_PASSWORD_FILE);
  const read = `process.stdout.write(require("node:fs").readFileSync(${file}))`;
  return {
    name: "slipway",
    namespace,
    pods: redisPods,
    primary: () => primaryPod(namespace),
    ask: (pod, command) => ask(pod, command, 6379, namespace),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("REDIS_"))),
    password: await kubectl(...inFrontend, read),
  };
}
