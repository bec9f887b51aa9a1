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
  "acl setuser app on nopass +@all",
  "shutdown nosave",
  "replicaof no one",
  "save",
  "monitor",
  "module list",
  "client kill type normal",
];

const apps: Readonly<Record<string, { may: string[]; mayNot: string[] }>> = {
  journal: { may: ["lrange nothing 0 1", "wait 0 1"], mayNot: dangerous },
  // What its servers tell each other goes through one stream.
  chat: {
    may: ["ping", "xread count 1 streams chat:servers $"],
    mayNot: [...dangerous, "get another:app", "eval 1 0"],
  },
};

/** A line of each answer, of commands that the app's own user gives one after the other. */
async function answers(namespace: string, commands: readonly string[]): Promise<string[]> {
  const lines = commands.map((command) => `echo '${command}'`).join("; ");
  const script = `(${lines}) | REDISCLI_AUTH=$(cat /etc/redis-auth/password) redis-cli --user app`;
  const said = await kubectl("exec", "-n", namespace, "redis-0", "-c", "redis", "--", "sh", "-c", script);
  return said.split("\n").filter((line) => line !== "");
}

describe("the user of an app in Redis", () => {
  before(settled);

  for (const [app, { may, mayNot }] of Object.entries(apps)) {
    it(`may do what the ${app} needs`, async () => {
      assert.doesNotMatch((await answers(app, may)).join(), /NOPERM|NOAUTH|WRONGPASS|ERR/);
    });

    it(`may do nothing that endangers the ${app}'s data, its server or itself`, async () => {
      const said = await answers(app, mayNot);
      assert.deepEqual(
        mayNot.filter((_, index) => !said[index]?.startsWith("NOPERM ")),
        [],
        said.join("\n"),
      );
      assert.equal(said.length, mayNot.length);
    });
  }
});
