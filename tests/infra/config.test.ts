import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { z } from "zod";
import { loadConfig, secretProblems } from "../../infra/config.js";
import { record } from "../support/program.js";
import { stackConfig } from "../support/stacks.js";
import { problemsOf, valid, without } from "./config/problems.js";

const journal = (change: object) => ({
  ...valid,
  "slipway:journal": { ...valid["slipway:journal"], ...change },
});
describe("infra/config", () => {
  it("reads every setting with its type, and leaves out what is not given", async () => {
    await record(
      () => {
        const config = loadConfig();
        assert.deepEqual(config.journal, valid["slipway:journal"]);
        assert.equal(config.images.redis, valid["slipway:images"].redis);
        assert.equal(config.local, undefined);
      },
      { stack: "prod", config: valid },
    );
  });

  it("hands a secret on as an output that is secret, and knows none that is not given", async () => {
    await record(
      async () => {
        const secret = loadConfig().secrets.redisPassword;
        assert.ok(secret);
        assert.equal(await pulumi.isSecret(secret), true);
      },
      { config: { ...valid, "slipway:redisPassword": "Secret0of0letters0and0digits" } },
    );
    await record(
      () => {
        assert.equal(loadConfig().secrets.redisPassword, undefined);
      },
      { config: valid },
    );
  });

  it("tells everything that is wrong at once", async () => {
    const problems = await problemsOf({
      ...valid,
      "slipway:journal": { cluster: "gke", host: "journal.example.com", replica: 3, redis: { replicas: 0 } },
      "slipway:images": { redis: "registry.example/redis:latest" },
      "slipway:redisPassword": "short",
      "slipway:jornal": {},
    });
    assert.deepEqual(problems, [
      "slipway:jornal: unknown key",
      'slipway:images.redis: expected an immutable reference, a tag such as ":v1.0.1-bfeda01f" or a digest such as "@sha256:…", never "latest"',
      "slipway:journal.redis.replicas: Too small: expected number to be >=1",
      'slipway:journal: Unrecognized key: "replica"',
      "slipway:redisPassword: expected 16 to 128 letters and digits",
    ]);
  });

  it("sends whoever runs the committed local stack by hand to npm run up", async () => {
    const config = { "slipway:local": { httpsPort: 8443 }, "slipway:journal": { cluster: "local" } };
    assert.deepEqual(await problemsOf(config), [
      'slipway:local.kubeconfig: missing; run "npm run up", which starts the cluster',
      'slipway:images.journal-frontend: missing; run "npm run up", which builds it',
      'slipway:images.journal-fileserver: missing; run "npm run up", which builds it',
      'slipway:images.redis: missing; run "npm run up", which builds it',
    ]);
  });

  it("refuses an app on a cluster that the stack does not have", async () => {
    assert.deepEqual(await problemsOf(without("slipway:aws", journal({ cluster: "eks" }))), [
      'slipway:journal.cluster: expected a cluster of this stack (gke), got "eks"; add the block slipway:aws, or move the app',
    ]);
  });

  it("refuses an app on eks without a zone for its record and its certificate", async () => {
    const aws = { ...valid["slipway:aws"], hostedZone: undefined };
    assert.deepEqual(await problemsOf({ ...journal({ cluster: "eks" }), "slipway:aws": aws }), [
      "slipway:aws.hostedZone: missing; slipway:journal is on eks, where an entry needs one",
    ]);
  });

  it("works without a cloud that no app is on", async () => {
    await record(
      () => {
        assert.equal(loadConfig().aws, undefined);
      },
      { config: without("slipway:aws", valid) },
    );
  });

  it("refuses an app that nobody knows how to ask for, unless it is on the local cluster", async () => {
    const nameless = without("slipway:domain", journal({ host: undefined }));
    assert.deepEqual(await problemsOf(nameless), [
      "slipway:journal.host: missing; set it, or slipway:domain for all apps",
      "slipway:chat.host: missing; set it, or slipway:domain for all apps",
      "slipway:chat.serverHost: missing; set it, or slipway:domain for all apps",
      "slipway:prisma.host: missing; set it, or slipway:domain for all apps",
    ]);
  });

  it("asks for the chat's MongoDB in a cloud, and for none on the local cluster, which runs one", async () => {
    assert.deepEqual(await problemsOf(without("slipway:chatMongoUri", valid)), [
      'slipway:chatMongoUri: missing secret; run "pulumi config set --secret chatMongoUri"',
    ]);
    assert.deepEqual(
      await problemsOf({ ...stackConfig("local"), "slipway:chatMongoUri": "mongodb+srv://a/b" }),
      ["slipway:chatMongoUri: expected none, since the local cluster runs a MongoDB of its own"],
    );
    assert.deepEqual(await problemsOf({ ...valid, "slipway:chatMongoUri": "https://user:p4ss@a/b" }), [
      'slipway:chatMongoUri: expected "mongodb://…/database" or "mongodb+srv://…/database"',
    ]);
  });

  it("takes a MongoDB only with TLS, and only on ports that the pods may call", async () => {
    const withUri = (uri: string) => problemsOf({ ...valid, "slipway:chatMongoUri": uri });
    assert.deepEqual(await withUri("mongodb://user:p4ss@a:27017,b/chat"), [
      'slipway:chatMongoUri: expected TLS: "mongodb+srv://…", or "?tls=true" at its end',
    ]);
    assert.deepEqual(await withUri("mongodb://user:p4ss@a:27017,b:10255/chat?tls=true"), [
      "slipway:chatMongoUri: expected no port but 27015, 27016, 27017",
    ]);
  });

  it("refuses a chat server that may grow to fewer pods than it has", async () => {
    const chat = { cluster: "gke", server: { replicas: 4 } };
    assert.deepEqual(await problemsOf({ ...valid, "slipway:chat": chat }), [
      "slipway:chat.server.maxReplicas: expected at least as many as server.replicas",
    ]);
  });

  it("tells the faults of both clouds and of an app in one go", async () => {
    const problems = await problemsOf({
      ...valid,
      "slipway:gcp": { ...valid["slipway:gcp"], project: "Acme" },
      "slipway:aws": { ...valid["slipway:aws"], accountId: 222222222222 },
      "slipway:journal": { cluster: "moon" },
      "slipway:protection": "yes",
    });
    assert.deepEqual(
      problems.map((problem) => problem.split(":").slice(0, 2).join(":")),
      ["slipway:gcp.project", "slipway:aws.accountId", "slipway:protection", "slipway:journal.cluster"],
    );
  });

  it("protects what holds data unless it is told not to", async () => {
    await record(
      () => {
        assert.equal(loadConfig().protection, true);
      },
      { config: without("slipway:protection", valid) },
    );
  });

  it("refuses two Redis servers, of which neither could outvote the other", async () => {
    assert.deepEqual(await problemsOf(journal({ redis: { replicas: 2 } })), [
      "slipway:journal.redis.replicas: expected 1, or at least 3: of two, neither can outvote the other",
    ]);
  });

  it("names a missing secret and the command that sets it, and never shows a wrong one", () => {
    const schema = z.string().regex(/^[a-z]+$/, "expected letters");
    assert.deepEqual(secretProblems("key", schema, undefined), [
      'slipway:key: missing secret; run "pulumi config set --secret key"',
    ]);
    assert.deepEqual(secretProblems("key", schema, "hunter2"), ["slipway:key: expected letters"]);
    assert.deepEqual(secretProblems("key", schema, "good"), []);
    assert.deepEqual(secretProblems("key", schema.optional(), undefined), []);
  });

  it("refuses a number in words, a fraction of a pod and a quantity that Kubernetes does not know", async () => {
    const problems = await problemsOf(
      journal({ journalEntries: "3abc", frontend: { replicas: 1.5, resources: { memory: "1 GB" } } }),
    );
    assert.deepEqual(problems, [
      "slipway:journal.journalEntries: Invalid input: expected number, received string",
      "slipway:journal.frontend.replicas: Invalid input: expected int, received number",
      'slipway:journal.frontend.resources.memory: expected a Kubernetes quantity such as "256Mi"',
    ]);
  });
});
