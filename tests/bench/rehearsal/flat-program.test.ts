import assert from "node:assert/strict";
import { flatProgram, type Deployed } from "../../../bench/rehearsal/flat-program.js";
import { asSecret } from "../../../bench/rehearsal/references.js";

describe("bench/rehearsal/flat-program", () => {
  const urnOf = (type: string, name: string) =>
    `urn:pulumi:prod::slipway::slipway:gcp:Network$${type}::${name}`;
  const deployed = (type: string, name: string, more: Partial<Deployed> = {}): Deployed => ({
    urn: urnOf(type, name),
    type,
    custom: true,
    ...more,
  });
  const statements = (...resources: Deployed[]) =>
    flatProgram(resources)
      .split("\n")
      .filter((line) => line.startsWith("  const "))
      .map((line) => line.trim());

  const network = deployed("gcp:compute/network:Network", "net", {
    id: "projects/acme/networks/net-1",
    inputs: { name: "net-1", project: "acme" },
    outputs: { name: "net-1", project: "acme", selfLink: "https://cloud/projects/acme/networks/net-1" },
  });
  const password = deployed("random:index/randomPassword:RandomPassword", "password", {
    id: "none",
    outputs: { result: asSecret("0123456789abcdef") },
  });

  it("reads what came of another resource from it, as a whole or as a part", () => {
    const inputs = {
      network: network.id,
      project: "acme",
      url: "see https://cloud/projects/acme/networks/net-1!",
    };
    const subnet = deployed("gcp:compute/subnetwork:Subnetwork", "subnet", {
      inputs,
      dependencies: [network.urn],
      propertyDependencies: { network: [network.urn], project: [network.urn], url: [network.urn] },
    });
    assert.equal(
      statements(network, subnet)[1],
      `const r1 = new gcp_compute.Subnetwork("subnet", { "network": r0.id, "project": "acme", ` +
        `"url": pulumi.concat("see ", r0["selfLink"], "!") }, {  });`,
    );
  });

  it("leaves alone what only looks like a value of another resource", () => {
    const subnet = deployed("gcp:compute/subnetwork:Subnetwork", "subnet", {
      inputs: { network: network.id },
      propertyDependencies: { network: [] },
    });
    assert.match(statements(network, subnet)[1] ?? "", /"network": "projects\/acme\/networks\/net-1"/);
  });

  it("asks for the order alone where no value is read", () => {
    const subnet = deployed("gcp:compute/subnetwork:Subnetwork", "subnet", { dependencies: [network.urn] });
    assert.match(statements(network, subnet)[1] ?? "", /\{ dependsOn: \[r0\] \}\);$/);
  });

  it("reads a password out of the Base64 of a Secret, and keeps it secret", () => {
    const text = (value: string) => Buffer.from(value).toString("base64");
    const secret = deployed("kubernetes:core/v1:Secret", "redis", {
      inputs: { kind: "Secret", data: asSecret({ url: text("redis://:0123456789abcdef@redis") }) },
      propertyDependencies: { stringData: [password.urn] },
    });
    assert.equal(
      statements(password, secret)[1],
      `const r1 = new kubernetes.core.v1.Secret("redis", { "kind": "Secret", "stringData": ` +
        `pulumi.secret({ "url": pulumi.concat("redis://:", r0["result"], "@redis") }) }, {  });`,
    );
  });

  it("makes the providers, but neither components nor those that the engine makes by itself", () => {
    const provider = deployed("pulumi:providers:gcp", "gcp", {
      inputs: { __internal: {}, region: "europe-west1", version: "9.37.0" },
    });
    const resources = [
      provider,
      deployed("pulumi:providers:random", "default_4_21_2"),
      deployed("slipway:gcp:Network", "net", { custom: false }),
      { ...network, provider: `${provider.urn}::0-1-2` },
    ];
    assert.deepEqual(statements(...resources), [
      `const r0 = new pulumi.ProviderResource("gcp", "gcp", { "region": "europe-west1" }, { version: "9.37.0" });`,
      `const r1 = new gcp_compute.Network("net", { "name": "net-1", "project": "acme" }, { provider: r0 });`,
    ]);
  });

  it("keeps the options that the state tells", () => {
    const options = {
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ["nodes"],
      customTimeouts: { create: 1200 },
    };
    assert.match(
      statements({ ...network, ...options })[0] ?? "",
      /\{ protect: true, retainOnDelete: true, ignoreChanges: \["nodes"\], customTimeouts: \{"create":"1200s"\} \}\);$/,
    );
  });

  it("takes each class from its SDK, and a kind that no SDK has from the one for all", () => {
    const types = [
      "aws:ec2/vpc:Vpc",
      "random:index/randomId:RandomId",
      "kubernetes:networking.k8s.io/v1:Ingress",
      "kubernetes:networking.gke.io/v1:ManagedCertificate",
    ];
    const classes = statements(...types.map((type) => deployed(type, "one"))).map(
      (line) => /new ([^(]+)/.exec(line)?.[1],
    );
    assert.deepEqual(classes, [
      "aws_ec2.Vpc",
      "random.RandomId",
      "kubernetes.networking.v1.Ingress",
      "kubernetes.apiextensions.CustomResource",
    ]);
  });
});
