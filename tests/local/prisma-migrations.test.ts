import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseConfig, type DatabaseConfig } from "../../apps/prisma/src/config.js";
import { migrate, migrationStates, type Migration } from "../../apps/prisma/src/migrations.js";
import { paths } from "../../machine/layout.js";
import { configDocument, sql } from "./graphql.js";

const DATABASE = "prisma_migrations_test";
const table = (name: string): Migration => ({
  name: `1_${name}`,
  sql: `CREATE TABLE ${name} (id INT PRIMARY KEY);`,
});

/** kubectl's way to a port of a pod, and the port of this machine that leads there. */
async function forward(): Promise<{ port: number; process: ChildProcess }> {
  const args = ["--kubeconfig", paths.kubeconfig, "-n", "prisma", "port-forward", "pod/mysql-0", ":3306"];
  const process = spawn(join(paths.bin, "kubectl"), args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(process.stdout, "data")) as [Buffer];
  return { port: Number(/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1]), process };
}

describe("migrations against the real MariaDB", () => {
  let tunnel: ChildProcess;
  let database: DatabaseConfig;

  before(async () => {
    const { port, process } = await forward();
    tunnel = process;
    const { default: real } = parseConfig(await configDocument()).databases;
    database = { ...real, host: "127.0.0.1", port, database: DATABASE };
  });
  beforeEach(() =>
    sql(
      `DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE}; GRANT ALL ON ${DATABASE}.* TO prisma@'%'`,
    ),
  );
  after(async () => {
    tunnel.kill();
    await sql(`DROP DATABASE IF EXISTS ${DATABASE}; REVOKE ALL ON ${DATABASE}.* FROM prisma@'%'`);
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

  it("stop at one that fails, say where, and go on when it has been repaired", async () => {
    const broken = { name: "2_broken", sql: "CREATE TABLE c (id INT); CREATE TABLE d (id NONSENSE);" };
    const migrations = [table("a"), broken, { ...table("e"), name: "3_e" }];

    await assert.rejects(migrate(database, migrations), /migration "2_broken" failed: .*NONSENSE/);
    await assert.rejects(
      migrate(database, migrations),
      /migration "2_broken" failed before; .*_prisma_migrations/,
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
