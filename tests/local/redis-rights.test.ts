import assert from "node:assert/strict";
import { kubectl, settled } from "./platform.js";

/** What no app may do, so that nobody can who has taken one over. */
const dangerous = [
  "flushall",
  "flushdb",
  "keys nothing",
  "config get requirepass",
  "config set save nothing",
  "acl list",
  "acl setuser app on nopass",
  "replicaof no one",
  "module list",
  "client kill type normal",
];

/** A line of each answer, of commands that an app's own user gives one after the other to a server of any role. */
async function answers(app: string, commands: readonly string[]): Promise<string[]> {
  const lines = commands.map((command) => `echo '${command}'`).join("; ");
  const script = `(${lines}) | REDISCLI_AUTH=$(cat /etc/redis-auth/password) redis-cli --user app`;
  const said = await kubectl("exec", "-n", app, "redis-0", "-c", "redis", "--", "sh", "-c", script);
  return said.split("\n").filter((line) => line !== "");
}

function assertRefused(commands: readonly string[], said: readonly string[]): void {
  assert.deepEqual(
    commands.filter((_, index) => !said[index]?.startsWith("NOPERM ")),
    [],
    said.join("\n"),
  );
}

describe("the user of an app in Redis", () => {
  before(settled);

  it("may read what the journal keeps", async () => {
    assert.deepEqual(await answers("journal", ["exists nothing", "llen nothing"]), ["0", "0"]);
  });

  it("may do nothing that endangers the journal's data, its server or itself", async () => {
    // In a transaction that is given up: none of it would be done if it were allowed.
    const [begun, ...said] = await answers("journal", ["multi", ...dangerous, "discard"]);
    assert.deepEqual([begun, said.pop()], ["OK", "OK"]);
    assertRefused(dangerous, said);
  });

  it("may use the stream of the chat's servers, and no other key and no other command", async () => {
    assert.deepEqual(await answers("chat", ["ping"]), ["PONG"]);
    assert.doesNotMatch((await answers("chat", ["xread count 1 streams chat:servers 0"])).join(), /NOPERM/);
    const others = ["xread count 1 streams another 0", "get another", "multi", "eval x 0", "keys nothing"];
    assertRefused(others, await answers("chat", others));
  });
});
