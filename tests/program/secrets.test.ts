import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { secretKeys } from "../../infra/config.js";
import { demandedSecrets } from "../../rehearsal/demanded-secrets.js";
import { type Registered, isSecret, ofKind, only, reveal, valueOf } from "../support/program.js";
import { leaksOf } from "../support/rules/index.js";
import { committedConfig, runProgram, stackConfig, stackNames } from "../support/stacks.js";

const CANARY = "Canary0that0nobody0may0read00000";

type SecretKey = (typeof secretKeys)[number];

/** A canary of its own for each secret of the configuration, and a value with it that the schema takes. */
const canaries: Readonly<Record<SecretKey, readonly [canary: string, value: (canary: string) => string]>> = {
  redisPassword: ["Canary0of0Redis00000", (canary) => canary],
  chatMongoUri: ["Canary0of0MongoDB000", (canary) => `mongodb+srv://chat:${canary}@mongo.example.net/chat`],
  prismaManagementApiSecret: ["Canary0of0Prisma0000", (canary) => canary],
  cloudSqlKey: [
    "Canary0of0Cloud0SQL0",
    (canary) =>
      JSON.stringify({
        type: "service_account",
        client_email: "proxy@acme.example",
        private_key: `-----BEGIN PRIVATE KEY-----${canary}`,
      }),
  ],
};

/** What only a cloud takes. */
const ofClouds: readonly SecretKey[] = ["chatMongoUri", "cloudSqlKey"];

const runs = new Map<string, ReturnType<typeof runProgram>>();

/** The program with every secret that a person can set on that stack. It runs once for the tests that look at it. */
function runWithSecrets(stack: string): ReturnType<typeof runProgram> {
  const values = settable(stack).map((key) => [`slipway:${key}`, canaries[key][1](canaries[key][0])]);
  const run =
    runs.get(stack) ?? runProgram({ ...stackConfig(stack), ...Object.fromEntries(values) }, { stack });
  runs.set(stack, run);
  return run;
}

const settable = (stack: string) => secretKeys.filter((key) => stack !== "local" || !ofClouds.includes(key));

describe("the whole program's secrets", () => {
  for (const stack of stackNames) {
    it(`are readable in nothing but a Secret, when made up, on stack ${stack}`, async () => {
      const { resources } = await runProgram(stackConfig(stack), { stack, password: CANARY });

      const { stringData } = only(resources, "kubernetes:core/v1:Secret", "journal-redis").inputs;
      assert.deepEqual([isSecret(stringData), reveal(stringData)], [true, { password: CANARY }]);
      assert.deepEqual(leaksOf(CANARY, resources), []);
    });

    it(`are readable in nothing but a Secret, when configured, on stack ${stack}`, async () => {
      const { resources } = await runWithSecrets(stack);
      const [password] = canaries.redisPassword;

      const { stringData } = only(resources, "kubernetes:core/v1:Secret", "journal-redis").inputs;
      assert.deepEqual([isSecret(stringData), reveal(stringData)], [true, { password }]);
      assert.deepEqual(leaksOf(password, resources), []);
      const made = resources
        .map(({ name }) => name)
        .filter((name) => /^journal-redis-.*password$/.test(name));
      // Only those that nobody outside the pods uses: a configured password is not made up as well.
      assert.deepEqual(made.sort(), ["journal-redis-internal-password", "journal-redis-metrics-password"]);
    });
  }

  for (const stack of stackNames) {
    it(`are readable in nothing but a Secret, whichever of them a person sets, on stack ${stack}`, async () => {
      const { resources, outputs } = await runWithSecrets(stack);

      const shown = JSON.stringify(await valueOf(pulumi.output(outputs as any)));
      for (const key of settable(stack)) {
        const [canary, value] = canaries[key];
        const holds = ofKind(resources, "Secret").filter(({ inputs }) =>
          JSON.stringify(reveal(inputs.stringData)).includes(canary),
        );
        assert.ok(holds.length > 0, `no Secret holds slipway:${key}`);
        assert.deepEqual([...leaksOf(canary, resources), ...leaksOf(value(canary), resources)], []);
        assert.ok(!shown.includes(canary), `an output tells slipway:${key}`);
      }
    });
  }

  for (const stack of ["dev", "prod"]) {
    it(`are all that the rehearsal sets where a stack demands them, on stack ${stack}`, async () => {
      const committed = committedConfig(stack);
      const demanded = demandedSecrets(committed);
      for (const { key, value } of demanded) {
        const others = demanded.filter((other) => other.key !== key).map((other) => [other.key, other.value]);
        await assert.rejects(
          runProgram({ ...committed, ...Object.fromEntries(others) }, { stack }),
          new RegExp(`${key}: missing`),
        );
        assert.match(value, /Canary/);
      }
      const given = Object.fromEntries(demanded.map(({ key, value }) => [key, value]));
      const { resources } = await runProgram({ ...committed, ...given }, { stack });
      for (const { value } of demanded) assert.deepEqual(leaksOf(value, resources), []);
    });
  }

  it("are seen in base64 and in an address too", () => {
    const object = (text: string): Registered[] => [
      {
        type: "kubernetes:core/v1:ConfigMap",
        name: "c",
        inputs: { data: { key: text } },
        ...{
          provider: "",
          urn: "",
          parent: "",
          dependencies: [],
          aliases: [],
          ignoreChanges: [],
          providers: [],
        },
        ...{ retainOnDelete: false, protect: false, timeouts: { create: "", update: "", delete: "" } },
      },
    ];
    const secret = "p&ss word";
    assert.equal(leaksOf(secret, object(`x ${Buffer.from(secret).toString("base64")}`)).length, 1);
    assert.equal(leaksOf(secret, object(`redis://:${encodeURIComponent(secret)}@redis`)).length, 1);
    assert.equal(leaksOf(secret, object("redis://redis")).length, 0);
  });
});
