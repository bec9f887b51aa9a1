import assert from "node:assert/strict";
import { loadConfig } from "../../../infra/config.js";
import type { LastOutputs } from "../../../infra/last-outputs.js";
import { setConfig } from "../../support/program.js";
import { stackConfig } from "../../support/stacks.js";

const PRISMA_1 = `prismagraphql/prisma:1.34.12@sha256:${"1".repeat(64)}`;

/** What is wrong with that stack once its Prisma service says this. */
function problemsOf(stack: string, prisma: object, others: object = {}, last?: LastOutputs): string[] {
  const config = stackConfig(stack);
  const block = { ...config["slipway:prisma"], ...prisma };
  setConfig({ ...config, "slipway:prisma": block, ...others });
  try {
    loadConfig(last);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
}

const cloudSql = (databaseVersion?: string) => {
  const { cloudSql: size, ...gcp } = stackConfig("dev")["slipway:gcp"];
  return {
    "slipway:gcp": databaseVersion === undefined ? gcp : { ...gcp, cloudSql: { ...size, databaseVersion } },
  };
};

describe("infra/config/prisma", () => {
  it("needs the secret as soon as the service is exposed in a cloud", () => {
    const [problem, ...others] = problemsOf(
      "dev",
      { exposed: true },
      { "slipway:prismaManagementApiSecret": undefined },
    );
    assert.match(problem ?? "", /^slipway:prismaManagementApiSecret: missing secret, .*config set --secret/);
    assert.deepEqual(others, []);
    assert.deepEqual(problemsOf("dev", { exposed: true }), []);
    assert.deepEqual(problemsOf("dev", {}, { "slipway:prismaManagementApiSecret": undefined }), []);
  });

  it("refuses a secret that somebody could guess, without showing it", () => {
    const [problem = ""] = problemsOf("dev", {}, { "slipway:prismaManagementApiSecret": "hunter2" });
    assert.match(problem, /expected 16 to 256 letters/);
    assert.doesNotMatch(problem, /hunter2/);
  });

  it("refuses a host of a service that nobody outside may reach", () => {
    assert.deepEqual(problemsOf("dev", { host: "api.example.com" }), [
      "slipway:prisma.host: expected none without exposed: true",
    ]);
  });

  it("says where there is a MySQL and where there is none", () => {
    assert.deepEqual(problemsOf("dev", { cluster: "eks" }), [
      "slipway:prisma.cluster: expected gke or local, which offer MySQL, got eks",
    ]);
    assert.deepEqual(problemsOf("dev", {}, cloudSql()), [
      'slipway:gcp.cloudSql: missing; slipway:prisma needs a database, if only "cloudSql: {}"',
    ]);
  });

  it("demands one replica and MySQL 5.7 of a Prisma 1 server", () => {
    const wrongVersion =
      "slipway:prisma.image: a Prisma 1 server speaks MySQL 5.7 only; place it on gke, with slipway:gcp.cloudSql.databaseVersion: MYSQL_5_7";
    assert.deepEqual(problemsOf("dev", { image: PRISMA_1 }), [wrongVersion]);
    assert.deepEqual(problemsOf("local", { image: PRISMA_1, exposed: false }), [wrongVersion]);
    assert.deepEqual(problemsOf("dev", { image: PRISMA_1 }, cloudSql("MYSQL_5_7")), []);
    const [problem = "", ...others] = problemsOf(
      "dev",
      { image: PRISMA_1, exposed: true },
      cloudSql("MYSQL_5_7"),
    );
    assert.match(problem, /^slipway:prisma.exposed: expected false of a Prisma 1 server/);
    assert.deepEqual(others, []);
    assert.deepEqual(problemsOf("dev", { image: PRISMA_1, replicas: 2 }, cloudSql("MYSQL_5_7")), [
      "slipway:prisma.replicas: expected 1: two Prisma 1 servers wait for the same lock, and the second one exits",
    ]);
  });

  it("takes no image that may change, also not of Prisma 1", () => {
    for (const image of [
      "prismagraphql/prisma:1.34",
      "prismagraphql/prisma:latest",
      "registry.example/own:v1",
    ])
      assert.match(
        problemsOf("dev", { image })[0] ?? "",
        /^slipway:prisma.image: expected an immutable reference/,
      );
  });

  it("takes only a service account's key for the Auth Proxy, and shows nothing of another", () => {
    const problemsOfKey = (key: unknown, stack = "dev") =>
      problemsOf(stack, {}, { "slipway:cloudSqlKey": typeof key === "string" ? key : JSON.stringify(key) });
    const key = {
      type: "service_account",
      client_email: "proxy@acme-dev.iam.gserviceaccount.com",
      private_key: "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n",
    };
    assert.deepEqual(problemsOfKey(key), []);
    const expected =
      "slipway:cloudSqlKey: expected the JSON of a service account's key, " +
      'with "type": "service_account", a "client_email" and a "private_key" in PEM, got ';
    for (const [wrong, got] of [
      [{ ...key, type: "authorized_user" }, 'one with a missing or wrong "type"'],
      [{ ...key, private_key: "hunter2" }, 'one with a missing or wrong "private_key"'],
      [{ ...key, client_email: undefined }, 'one with a missing or wrong "client_email"'],
      [{ type: key.type }, 'one with a missing or wrong "client_email" and "private_key"'],
      ["hunter2", "something else"],
      [[key], "something else"],
      ["null", "something else"],
    ] as const)
      assert.deepEqual(problemsOfKey(wrong), [expected + got]);
    assert.deepEqual(problemsOfKey(key, "local"), [
      "slipway:cloudSqlKey: expected none without slipway:gcp.cloudSql",
    ]);
  });

  it("counts the versions of the password from one, which is the default", () => {
    setConfig(stackConfig("dev"));
    assert.equal(loadConfig().prisma?.passwordVersion, 1);
    assert.deepEqual(problemsOf("dev", { passwordVersion: 2 }), []);
    for (const passwordVersion of [0, 1.5, "2"])
      assert.match(problemsOf("dev", { passwordVersion })[0] ?? "", /^slipway:prisma.passwordVersion: /);
  });

  it("refuses a version that does not follow the last update's, with all else that is wrong", () => {
    const after = (running: number, passwordVersion?: number) =>
      problemsOf(
        "dev",
        { passwordVersion },
        { "slipway:jornal": {} },
        { passwordVersions: { prisma: running } },
      );
    const unknownKey = "slipway:jornal: unknown key";
    for (const allowed of [after(2, 2), after(2, 3), after(1)]) assert.deepEqual(allowed, [unknownKey]);
    for (const [refused, got] of [
      [after(2, 1), 1],
      [after(2), 1],
      [after(2, 4), 4],
    ] as const) {
      assert.equal(refused.length, 2);
      assert.equal(refused[0], unknownKey);
      assert.match(
        refused[1] ?? "",
        new RegExp(`^slipway:prisma.passwordVersion: expected 2, .* or 3 .*got ${got},`),
      );
    }
  });
});
