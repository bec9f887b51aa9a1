import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { secretKeys, settingKeys } from "../../infra/config.js";
import { found } from "../docs/runbooks.js";
import { valueOf } from "../support/program.js";
import { committedConfig, committedRun, resourcesOf, stackNames } from "../support/stacks.js";

const expectedUrls: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dev: { journal: "https://journal.dev.example.com", chat: "http://chat.dev.example.com" },
  local: {
    journal: "https://journal.localhost:8443",
    chat: "https://chat.localhost:8443",
    prisma: "https://prisma.localhost:8443",
  },
  prod: {
    journal: "https://journal.example.com",
    chat: "https://chat.example.com",
    prisma: "https://prisma.example.com",
  },
};

describe("the committed stack files", () => {
  it("are those of the three stacks", () => {
    assert.deepEqual([...stackNames].sort(), ["dev", "local", "prod"]);
  });

  for (const stack of stackNames) {
    it(`hold a valid configuration, with which the whole program runs, on stack ${stack}`, async () => {
      const { resources, outputs } = await committedRun(stack);
      assert.deepEqual(outputs.urls, expectedUrls[stack]);
      assert.deepEqual(await valueOf(pulumi.output(outputs.passwordVersions)), { prisma: 1 });
      const inJournal = resources.filter(({ inputs }) => inputs.metadata?.namespace === "journal");
      assert.ok(inJournal.length >= 24, `${inJournal.length} objects in the journal's namespace`);
    });

    it(`hold every secret encrypted and every setting in clear, on stack ${stack}`, () => {
      const config = Object.entries(committedConfig(stack));
      const encrypted = config
        .filter(([, value]) => JSON.stringify(value).includes('"secure":'))
        .map(([key]) => key);
      const secret = config
        .map(([key]) => key)
        .filter((key) => secretKeys.some((name) => key === `slipway:${name}`));
      assert.deepEqual(encrypted, secret);
    });
  }

  it("give every setting a place between them", () => {
    const used = new Set(stackNames.flatMap((stack) => Object.keys(committedConfig(stack))));
    used.delete("pulumi:disable-default-providers");
    assert.deepEqual([...used].sort(), settingKeys.map((key) => `slipway:${key}`).sort());
  });

  it("tell apart dev and prod by nothing but their values: both have the same apps on the same clusters", () => {
    const [dev, prod] = [committedConfig("dev"), committedConfig("prod")];
    assert.deepEqual(Object.keys(dev).sort(), Object.keys(prod).sort());
    assert.equal(dev["slipway:journal"].cluster, prod["slipway:journal"].cluster);
  });

  for (const stack of ["dev", "prod"]) {
    it(`let nothing go to whatever the shell is signed in to, on stack ${stack}`, async () => {
      const disabled: string[] = committedConfig(stack)["pulumi:disable-default-providers"];
      assert.deepEqual([...disabled].sort(), ["aws", "gcp", "kubernetes"]);
      const strays = (await resourcesOf(stack)).filter(
        ({ type, provider }) => disabled.includes(type.split(":")[0] ?? "") && provider === "",
      );
      assert.deepEqual(
        strays.map(({ urn }) => urn),
        [],
      );
    });
  }

  it("protect what holds data in prod, and nothing in dev", async () => {
    const guarded = async (stack: string) =>
      (await resourcesOf(stack)).filter(({ protect }) => protect).map(({ type }) => type.split("/").at(-1));
    assert.deepEqual(await guarded("dev"), []);
    const kinds = new Set(await guarded("prod"));
    for (const kind of ["cluster:Cluster", "databaseInstance:DatabaseInstance", "eks:index:Cluster"])
      assert.ok(kinds.has(kind), `${kind} is not among ${[...kinds].join(", ")}`);
  });

  it("tell, on a cloud, where images are pushed and who may sign in, with every kubeconfig secret", async () => {
    const { outputs } = await committedRun("prod");
    const secrets = await Promise.all(Object.values(outputs.kubeconfigs).map((one) => pulumi.isSecret(one)));
    assert.deepEqual(Object.keys(outputs.kubeconfigs), ["gke", "eks"]);
    assert.deepEqual(secrets, [true, true]);
    assert.deepEqual(Object.keys(outputs.addresses), ["journal", "chat", "chat-server", "prisma"]);
    const egress = await valueOf(pulumi.output(outputs.egressAddresses));
    assert.deepEqual(egress, { gke: ["203.0.113.20"], eks: ["198.51.100.11", "198.51.100.12"] });
    assert.deepEqual(Object.keys(outputs.ciIdentities), ["gcp", "aws"]);
    const { gke, eks } = outputs.registries;
    assert.ok(gke && eks && outputs.databaseConnectionName && outputs.pushRoleArn);
    assert.match(await valueOf(outputs.pushRoleArn), /^arn:aws:iam::.*push/);
    assert.equal(await valueOf(gke), "europe-west1-docker.pkg.dev/acme-prod/slipway");
    assert.equal(await valueOf(eks), "222222222222.dkr.ecr.us-west-2.amazonaws.com/slipway");
    assert.match(await valueOf(outputs.databaseConnectionName), /^acme-prod:europe-west1:/);
  });

  it("have the metrics collected of everything on Google Cloud that has any, and only there", async () => {
    const collected = async (stack: string) =>
      (await resourcesOf(stack))
        .filter(({ inputs }) => inputs.kind === "PodMonitoring")
        .map(({ name }) => name)
        .sort();
    const journal = ["journal-frontend-metrics", "journal-redis-metrics"];
    const all = ["chat-redis-metrics", "chat-server-metrics", ...journal, "prisma-server-metrics"];
    assert.deepEqual(await collected("dev"), all);
    assert.deepEqual(await collected("prod"), all);
    assert.deepEqual(await collected("local"), []);
  });

  it("have one resource for each that a runbook targets", async () => {
    const ends = found(/--target '\*\*([\w:-]+)'/g);
    assert.deepEqual(ends, ["RecordSet::chat", "StatefulSet::journal-redis"]);
    // Of the stacks in the clouds, prod alone has records of its names.
    const urns = (await resourcesOf("prod")).map(({ urn }) => urn);
    for (const end of ends) assert.equal(urns.filter((urn) => urn.endsWith(end)).length, 1, end);
  });

  it("leave out what only the machine knows", () => {
    const local = committedConfig("local");
    assert.equal(local["slipway:images"], undefined);
    assert.equal(local["slipway:local"].kubeconfig, undefined);
  });
});
