import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../apps/prisma/src/config.js";
import { readEnv } from "../../../apps/prisma/src/env.js";

const DOCUMENT = `
port: 4466
managementApiSecret: sixteen-characters-or-more
databases:
  default:
    connector: mysql
    host: 127.0.0.1
    port: 3306
    user: prisma
    password: p4ssword
    migrations: true
`;

describe("apps/prisma PRISMA_CONFIG", () => {
  it("is the document that Prisma servers have always read", () => {
    assert.deepEqual(parseConfig(DOCUMENT), {
      port: 4466,
      managementApiSecret: "sixteen-characters-or-more",
      databases: {
        default: {
          connector: "mysql",
          host: "127.0.0.1",
          port: 3306,
          user: "prisma",
          password: "p4ssword",
          migrations: true,
          database: "prisma",
          connectionLimit: 10,
          ssl: false,
        },
      },
    });
  });

  it("tells every problem at once, and no value", () => {
    const wrong =
      DOCUMENT.replace("4466", "70000")
        .replace("mysql", "postgres")
        .replace("sixteen-characters-or-more", "short") + "    pasword: p4ssword\n";
    assert.throws(
      () => parseConfig(wrong),
      ({ message }: Error) => {
        assert.match(message, /^4 problem\(s\) in PRISMA_CONFIG:/);
        for (const path of [
          "port",
          "managementApiSecret",
          "databases.default.connector",
          "databases.default",
        ])
          assert.match(message, new RegExp(`\\n  - ${path}: `));
        assert.doesNotMatch(message, /p4ssword|short/);
        return true;
      },
    );
  });

  it("that is no YAML is refused without being shown", () => {
    assert.throws(
      () => parseConfig("databases: {password: p4ssword"),
      ({ message }: Error) => message.includes("is no YAML") && !message.includes("p4ssword"),
    );
  });

  it("comes in a variable or in a file, and in one of them only", () => {
    const folder = mkdtempSync(join(tmpdir(), "prisma-"));
    const file = join(folder, "prisma.yml");
    writeFileSync(file, DOCUMENT);
    try {
      const expected = parseConfig(DOCUMENT);
      assert.deepEqual(readEnv({ PRISMA_CONFIG: DOCUMENT }).config, expected);
      assert.deepEqual(readEnv({ PRISMA_CONFIG_PATH: file }).config, expected);
      assert.throws(() => readEnv({ PRISMA_CONFIG: DOCUMENT, PRISMA_CONFIG_PATH: file }), /either this or/);
      assert.throws(() => readEnv({}), /either this or/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("and the variables are told about together", () => {
    assert.throws(
      () => readEnv({ PRISMA_CONFIG: "port: x", LOG_LEVEL: "loud", PLAYGROUND: "yes" }),
      /LOG_LEVEL: [\s\S]*PLAYGROUND|PLAYGROUND: [\s\S]*LOG_LEVEL[\s\S]*PRISMA_CONFIG/,
    );
  });
});
