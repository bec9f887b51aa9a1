import assert from "node:assert/strict";
import { forgetSecret, inPrisma, sql } from "./graphql.js";
import { told } from "./load.js";
import { answerTo, signIn } from "./maria-db.js";
import { npmRun, settled, until } from "./platform.js";
import { podNames, readAndWrite } from "./prisma-load.js";
import { changeBlock, removeBlock, restoreStackFile } from "./stack-file.js";

const REQUESTS_PER_SEC = 50;
/** Not a limit: requests before and after a rotation, so that it falls among them. */
const SOME = 100;

const idOf = async (kind: string, name: string) =>
  inPrisma("get", kind, name, "-o", "jsonpath={.metadata.uid}");
/** Deploys with that version of the password while people read and write. */
async function rotateUnderLoad(passwordVersion: number) {
  const { stop, sent } = readAndWrite(REQUESTS_PER_SEC, "rotation.example.com");
  const more = (count: number) => {
    const enough = sent() + count;
    return until("more requests", () => (sent() >= enough ? undefined : `${sent()} of ${enough}`));
  };
  const rotation = await (async () => {
    await more(SOME);
    changeBlock("slipway:prisma", { passwordVersion });
    await npmRun("up");
    await settled();
    await more(SOME);
  })().catch((error: unknown) => error);
  const all = await stop();
  assert.ifError(rotation);
  return all;
}

describe("a rotated password of the GraphQL service's database", () => {
  before(settled);
  after(async function () {
    this.timeout(600_000);
    // A version never goes down: the service goes with its database, and comes back with the first one.
    removeBlock("slipway:prisma");
    try {
      await npmRun("up");
    } finally {
      restoreStackFile();
    }
    await npmRun("up");
    forgetSecret();
    await settled();
  });

  it("is another user's and rolls the pods, of whose requests none fails, twice", async function () {
    this.timeout(900_000);
    const server = await idOf("pod", "mysql-0");
    const first = await signIn();
    assert.equal(first.user, "prisma-a");

    const pods = await podNames();
    const once = await rotateUnderLoad(2);
    assert.deepEqual(told(once.failures), []);
    const second = await signIn();
    assert.equal(second.user, "prisma-b");
    assert.deepEqual(
      (await podNames()).filter((name) => pods.includes(name)),
      [],
    );
    assert.deepEqual([await answerTo(first), await answerTo(second)], ["welcome", "welcome"]);

    const twice = await rotateUnderLoad(3);
    assert.deepEqual(told(twice.failures), []);
    const third = await signIn();
    assert.equal(third.user, "prisma-a");
    assert.notEqual(third.password, first.password);

    assert.equal(await answerTo(first), "ER_ACCESS_DENIED_ERROR");
    assert.deepEqual([await answerTo(second), await answerTo(third)], ["welcome", "welcome"]);
    assert.equal(await idOf("pod", "mysql-0"), server, "MariaDB was restarted");
    assert.equal(
      await sql("SELECT COUNT(*) FROM prisma.User WHERE email LIKE '%@rotation.example.com'"),
      String(Math.floor(once.sent / 2) + Math.floor(twice.sent / 2)),
    );
    console.log(`      0 of ${once.sent + twice.sent} requests failed during two rotations`);
  });

  it("is not rotated by a version that is not the next one: it changes nothing", async function () {
    this.timeout(300_000);
    const before = [await podNames(), await signIn()];
    for (const passwordVersion of [2, 5]) {
      changeBlock("slipway:prisma", { passwordVersion });
      const refusal = `slipway:prisma.passwordVersion: expected 3, .* or 4 for another password, got ${passwordVersion},`;
      await assert.rejects(npmRun("up"), ({ all = "" }: { all?: string }) => new RegExp(refusal).test(all));
    }
    assert.deepEqual([await podNames(), await signIn()], before);
    changeBlock("slipway:prisma", { passwordVersion: 3 });
    await npmRun("up");
    assert.deepEqual([await podNames(), await signIn()], before);
  });

  it("stands in no log and no SQL of the server", async () => {
    const { password } = await signIn();
    const selector = "app.kubernetes.io/component in (mysql-users, migrations, prisma)";
    const logs = await inPrisma("logs", "-l", selector, "--tail=-1");
    assert.ok(logs.includes('"migrated"'));
    assert.equal(logs.includes(password), false);
    assert.match(await sql("SHOW GRANTS FOR 'prisma-a'@'%'"), /IDENTIFIED BY PASSWORD '\*[0-9a-fA-F]{40}'/);
  });
});
