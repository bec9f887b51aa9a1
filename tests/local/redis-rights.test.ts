import assert from "node:assert/strict";
import { kubectl, settled } from "./platform.js";

/** What no app may do, so that nobody can who has taken one over. */
const dangerous = [
  "flushall",
  "flushdb",
  "keys *",
  "config get requirepass",
  "config set save nothing",
  "acl list",
  "acl setuser app on nopass",
  "debug sleep 0",
  "shutdown nosave",
  "replicaof no one",
  "save",
  "monitor",
  "module list",
  "client kill type normal",
];

const apps: Readonly<Record<string, { may: string[]; mayNot: string[] }>> = {
  journal: { may: ["lrange nothing 0 1", "lpush nothing x", "wait 1 100"], mayNot: dangerous },
  // What its servers tell each other goes through one stream.
  chat: {
    may: ["ping", "xadd chat:servers * a b", "publish chat:servers#x y"],
    mayNot: [...dangerous, "get another:app", "eval x 0"],
  },
};

/** What Redis says it would answer to the app's user: a line for each command, of which none is done. */
async function dryRun(namespace: string, commands: readonly string[]): Promise<string[]> {
  const lines = commands.map((command) => `echo 'acl dryrun app ${command}'`).join("; ");
  const password = "REDISCLI_AUTH=$(cat /etc/redis-internal/internal)";
  const script = `(${lines}) | ${password} redis-cli --user keeper`;
  const said = await kubectl("exec", "-n", namespace, "redis-0", "-c", "sentinel", "--", "sh", "-c", script);
  return said.split("\n").filter((line) => line !== "");
}

describe("the user of an app in Redis", () => {
  before(settled);

  for (const [app, { may, mayNot }] of Object.entries(apps)) {
    it(`may do what the ${app} needs`, async () => {
      assert.deepEqual(await dryRun(app, may), Array(may.length).fill("OK"));
    });

    it(`may do nothing that endangers the ${app}'s data, its server or itself`, async () => {
      const said = await dryRun(app, mayNot);
      assert.deepEqual(
        mayNot.filter((_, index) => !said[index]?.includes("no permissions")),
        [],
        said.join("\n"),
      );
    });
  }
});
