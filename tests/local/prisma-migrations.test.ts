import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseConfig } from "../../apps/prisma/src/config.js";
import {
  migrate,
  migrationStates,
  readMigrations,
  type Migration,
} from "../../apps/prisma/src/migrations.js";
import { repository } from "../../shell/paths.js";
import { graphql, inPrisma, sql } from "./graphql.js";
import { forwardToMariaDb, signIn } from "./maria-db.js";
import { npmRun, objects, settled } from "./platform.js";
import { looksOfServers, startServersTogether, stopServersTogether } from "./servers-together.js";

const DATABASE = "prisma_migrations_test";
const table = (name: string): Migration => ({
  name: `1_${name}`,
  sql: `CREATE TABLE ${name} (id INT PRIMARY KEY);`,
});

describe("migrations against the real MariaDB", () => {
  let stop = () => {};
  let database: DatabaseConfig;

  before(async () => {
    const tunnel = await forwardToMariaDb();
    stop = tunnel.stop;
    database = { ...(await signIn()), host: "127.0.0.1", port: tunnel.port, database: DATABASE };
  });
  beforeEach(() =>
    sql(
      `DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE}; GRANT ALL ON ${DATABASE}.* TO '${database.user}'@'%'`,
    ),
  );
  after(async () => {
    stop();
    await sql(`DROP DATABASE IF EXISTS ${DATABASE}; REVOKE ALL ON ${DATABASE}.* FROM '${database.user}'@'%'`);
  });

  const states = async (migrations: Migration[]) =>
    (await migrationStates(database, migrations)).map(({ name, state }) => [name, state]);

  it("are applied once by ten processes that start together", async () => {
    const migrations = [table("a"), table("b")];
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(database, migrations)));
    assert.deepEqual(applied.flat().sort(), ["1_a", "1_b"]);
    assert.deepEqual(await states(migrations), [
      ["1_a", "applied"],
      ["1_b", "applied"],
    ]);
  });

  it("are applied once by ten servers that start together on an empty database", async () => {
    const migrations = await readMigrations(join(repository, "apps/prisma/prisma/migrations"));
    const names = migrations.map(({ name }) => name);
    try {
      await startServersTogether(10, DATABASE);
      const { restarts, lines } = await looksOfServers();
      assert.deepEqual(restarts, Array<number>(10).fill(0));
      const migrated = lines.filter(({ msg }) => msg === "migrated");
      assert.equal(migrated.length, 10);
      assert.deepEqual(
        migrated.flatMap(({ applied }) => applied),
        names,
      );
    } finally {
      await stopServersTogether();
    }
    assert.equal(await sql(`SELECT COUNT(*) FROM ${DATABASE}._prisma_migrations`), String(names.length));
    assert.deepEqual(
      await states(migrations),
      names.map((name) => [name, "applied"]),
    );
  });

  it("stop at one that fails, say where, and go on when it has been repaired", async () => {
    const broken = { name: "2_broken", sql: "CREATE TABLE c (id INT); CREATE TABLE d (id NONSENSE);" };
    const migrations = [table("a"), broken, { ...table("e"), name: "3_e" }];

    await assert.rejects(migrate(database, migrations), /migration "2_broken" failed: .*NONSENSE/);
    await assert.rejects(
      migrate(database, migrations),
      /migration "2_broken" failed before \(.*NONSENSE.*\); .*_prisma_migrations/,
    );
    assert.deepEqual(await states(migrations), [
      ["1_a", "applied"],
      ["2_broken", "failed"],
      ["3_e", "pending"],
    ]);

    await sql(
      `DROP TABLE ${DATABASE}.c; DELETE FROM ${DATABASE}._prisma_migrations WHERE migration_name = '2_broken'`,
    );
    const repaired = [
      table("a"),
      { ...broken, sql: "CREATE TABLE c (id INT);" },
      { ...table("e"), name: "3_e" },
    ];
    assert.deepEqual(await migrate(database, repaired), ["2_broken", "3_e"]);
  });

  it("refuse one that was changed, and leave a newer version's alone", async () => {
    await migrate(database, [table("a"), table("b")]);
    const changed = { ...table("a"), sql: "CREATE TABLE other (id INT);" };
    await assert.rejects(migrate(database, [changed]), /"1_a" was changed after it had been applied/);
    assert.deepEqual(await migrate(database, [table("a")]), []);
    assert.deepEqual(await states([table("a")]), [
      ["1_a", "applied"],
      ["1_b", "unknown"],
    ]);
  });
});

describe("a version with a migration that fails", () => {
  const name = "29991231000000_broken";
  const folder = join(repository, "apps/prisma/prisma/migrations", name);
  const uidsOf = async (component: string) =>
    (await objects("pods", "-n", "prisma", "-l", `app.kubernetes.io/component=${component}`))
      .map(({ metadata }) => metadata.uid as string)
      .sort();

  before(settled);
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sql(`DELETE FROM prisma._prisma_migrations WHERE migration_name = '${name}'`);
    await npmRun("up");
    await settled();
  });

  it("is not deployed: `npm run up` tells the reason, and the version before goes on serving", async () => {
    const before = await uidsOf("prisma");
    mkdirSync(folder);
    writeFileSync(join(folder, "migration.sql"), "CREATE TABLE broken (id NONSENSE);\n");

    await assert.rejects(npmRun("up"), (error: { all?: string }) => {
      assert.match(error.all ?? "", /BackoffLimitExceeded/);
      assert.match(
        error.all ?? "",
        /migration \\*"29991231000000_broken\\*" failed.*Unknown data type: 'NONSENSE'/,
      );
      return true;
    });

    assert.deepEqual(await uidsOf("prisma"), before);
    assert.equal((await graphql("{ usersCount }")).errors, undefined);
  });

  it("was tried twice and no more, and is not in the way of the version that repairs it", async () => {
    const pods = await objects("pods", "-n", "prisma", "-l", "app.kubernetes.io/component=migrations");
    assert.equal(pods.filter(({ status }) => status.phase === "Failed").length, 2);
    rmSync(folder, { recursive: true });
    await sql(`DELETE FROM prisma._prisma_migrations WHERE migration_name = '${name}'`);
    await npmRun("up");
    await settled();
    const jobs = await objects("jobs", "-n", "prisma", "-l", "app.kubernetes.io/component=migrations");
    assert.deepEqual(
      jobs.map(({ status }) => status.succeeded),
      [1],
    );
    assert.match(await inPrisma("logs", `job/${jobs[0].metadata.name as string}`), /"migrated"/);
  });
});
