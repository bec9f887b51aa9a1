import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(import.meta.dirname, "../../../apps/mariadb");
const PASSWORD = "p4ssword";

describe("apps/mariadb, the users", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mariadb-"));
    for (const name of ["bin", "run", "users", "data", "data/db"]) mkdirSync(join(folder, name));
    for (const program of ["mariadb", "mariadb-admin", "mariadbd"])
      writeFileSync(join(folder, "bin", program), "#!/bin/sh\n", { mode: 0o755 });
    for (const name of ["data/tls.pem", "data/tls.key"]) writeFileSync(join(folder, name), "");
    for (const name of ["password", "users/prisma-a", "users/prisma-b"])
      writeFileSync(join(folder, name), PASSWORD);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a script beside programs that do nothing, and gives the SQL that it wrote for them. */
  function sqlOf(script: string, file: string): string {
    const env = {
      PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
      MARIADB_RUN: join(folder, "run"),
      MARIADB_DATA: join(folder, "data"),
      MARIADB_DATABASE: "prisma",
      MARIADB_USER: "prisma",
      MARIADB_PASSWORD_FILE: join(folder, "password"),
      MARIADB_USERS: join(folder, "users"),
      MARIADB_HOST: "mysql",
    };
    const { status, stderr } = spawnSync("sh", [join(scripts, script)], { env, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
    return readFileSync(join(folder, "run", file), "utf8");
  }

  /** Each user with what is demanded of it in the end: what it signs in by, and over what. */
  const usersOf = (sql: string) =>
    Object.fromEntries(
      [...sql.matchAll(/^(?:CREATE|ALTER) USER (?:IF NOT EXISTS )?(\S+?)(?: IDENTIFIED (.*))?;$/gm)].map(
        ([, user = "", demands = ""]) => [user, demands.replace(/'.*'/, "…")],
      ),
    );

  it("who come over the network have to speak TLS, and the only other one signs in over the socket", () => {
    assert.deepEqual(usersOf(sqlOf("start.sh", "init.sql")), {
      "app@localhost": "VIA unix_socket",
      "'prisma'@'%'": "BY … REQUIRE SSL",
    });
    const ofApp = "BY PASSWORD … REQUIRE SSL";
    assert.deepEqual(usersOf(sqlOf("set-users.sh", "users.sql")), {
      "'prisma-a'@'%'": ofApp,
      "'prisma-b'@'%'": ofApp,
    });
  });

  it("get rights and never new demands with them, and the app's passwords stay out of the SQL", () => {
    const sql = sqlOf("set-users.sh", "users.sql");
    const grants = [...sql.matchAll(/^GRANT .*$/gm)].map(([grant]) => grant);
    assert.deepEqual(
      grants,
      ["a", "b"].map((user) => `GRANT ALL PRIVILEGES ON \`prisma\`.* TO 'prisma-${user}'@'%';`),
    );
    assert.equal(sql.includes(PASSWORD), false);
  });
});
