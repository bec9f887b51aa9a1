import assert from "node:assert/strict";
import type { z } from "zod";
import { gcp } from "../../../infra/config/gcp.js";
import { GoogleCloud, type GoogleCloudArgs } from "../../../infra/gcp/google-cloud.js";
import { type Registered, isSecret, only, record } from "../../support/program.js";
import { large, small } from "./google-cloud-args.js";
import { listOf, reaches } from "./google.js";

/** The types must fit: the stack file's block is handed on as it is. */
type StackFileBlock = NonNullable<z.infer<typeof gcp>>;
const handOn = (block: StackFileBlock): GoogleCloudArgs => ({ ...block, images: {}, protection: true });

describe("infra/gcp/google-cloud", () => {
  const run = (args: GoogleCloudArgs, preview = false) =>
    record(
      () => {
        new GoogleCloud("gcp", args);
      },
      { stack: "dev", preview },
    );
  let dev: Registered[];
  let prod: Registered[];
  before(async () => {
    dev = await run(small);
    prod = await run(large);
  });

  it("is a network, a cluster, a registry and the nodes' identity when nothing else is asked for", () => {
    assert.deepEqual(
      listOf(dev).filter((entry) => !entry.startsWith("service:Service ")),
      [
        "account:Account gcp-nodes",
        "address:Address gcp-network-nat",
        "cluster:Cluster gcp-gke",
        "firewall:Firewall gcp-network-deny",
        "iAMMember:IAMMember gcp-nodes",
        "network:Network gcp-network",
        "nodePool:NodePool gcp-gke-nodes",
        "repository:Repository gcp-registry",
        "repositoryIamMember:RepositoryIamMember gcp-registry",
        "router:Router gcp-network",
        "routerNat:RouterNat gcp-network",
        "sSLPolicy:SSLPolicy gke",
        "serviceIdentity:ServiceIdentity gcp-apis-gke",
        "subnetwork:Subnetwork gcp-network",
      ],
    );
  });

  it("adds a key, a database with a copy and identities for workflows when they are asked for", () => {
    const had = new Set(listOf(dev));
    assert.deepEqual(
      listOf(prod).filter((entry) => !had.has(entry) && !entry.startsWith("iAMMember:IAMMember gcp-ci-")),
      [
        "account:Account gcp-ci-deploy",
        "account:Account gcp-ci-drift",
        "account:Account gcp-ci-preview",
        "connection:Connection gcp-services",
        "cryptoKey:CryptoKey gcp-gke-key",
        "cryptoKeyIAMMember:CryptoKeyIAMMember gcp-gke-key",
        "databaseInstance:DatabaseInstance gcp-mysql",
        "databaseInstance:DatabaseInstance gcp-mysql-replica",
        "globalAddress:GlobalAddress gcp-services",
        "iAMCustomRole:IAMCustomRole gcp-ci-drift",
        "keyRing:KeyRing gcp-gke-key",
        "randomId:RandomId gcp-ci",
        "randomId:RandomId gcp-mysql",
        "randomId:RandomId gcp-mysql-replica",
        "service:Service gcp-apis-cloudkms",
        "service:Service gcp-apis-dns",
        "service:Service gcp-apis-servicenetworking",
        "service:Service gcp-apis-sqladmin",
        "service:Service gcp-apis-sts",
        "workloadIdentityPool:WorkloadIdentityPool gcp-ci",
        "workloadIdentityPoolProvider:WorkloadIdentityPoolProvider gcp-ci",
      ],
    );
  });

  it("registers the same in a first preview, in which nothing of Google's is known", async () => {
    assert.deepEqual(listOf(await run(large, true)), listOf(prod));
  });

  it("makes its own provider for the project, and sends everything to it", () => {
    const { inputs, urn } = only(prod, "pulumi:providers:gcp", "gcp");
    assert.deepEqual([inputs.project, inputs.region], ["acme-prod", "europe-west1"]);
    const strays = prod.filter(
      ({ type, provider }) => type.startsWith("gcp:") && !provider.startsWith(`${urn}::`),
    );
    assert.deepEqual(namesOf(strays), []);
  });

  it("gives every resource a parent, so that the tree of the stack shows what is whose", () => {
    const orphans = prod.filter(({ type, parent }) => type !== "slipway:gcp:GoogleCloud" && parent === "");
    assert.deepEqual(namesOf(orphans), []);
  });

  it("makes nothing in the project before its APIs are on", () => {
    const service = only(prod, "gcp:projects/service:Service", "gcp-apis-compute").urn;
    const early = prod
      .filter(({ type }) => type.startsWith("gcp:") && type !== "gcp:projects/service:Service")
      .filter((resource) => !reaches(prod, resource, service));
    assert.deepEqual(namesOf(early), []);
  });

  it("ends in the order pods, nodes, cluster, network", () => {
    const order: [string, string][] = [
      ["pulumi:providers:kubernetes", "gke"],
      ["gcp:container/nodePool:NodePool", "gcp-gke-nodes"],
      ["gcp:container/cluster:Cluster", "gcp-gke"],
      ["gcp:compute/routerNat:RouterNat", "gcp-network"],
      ["gcp:compute/subnetwork:Subnetwork", "gcp-network"],
      ["gcp:compute/network:Network", "gcp-network"],
    ];
    const steps = order.map(([type, name]) => only(prod, type, name));
    for (const [i, step] of steps.slice(1).entries()) {
      const before = steps[i];
      assert.ok(before && reaches(prod, before, step.urn), `${before?.urn} does not wait for ${step.urn}`);
      assert.equal(reaches(prod, step, before.urn), false);
    }
  });

  it("connects Google's services to the network before the database, and until it is gone", () => {
    const { urn } = only(prod, "gcp:servicenetworking/connection:Connection", "gcp-services");
    const instances = prod.filter(({ type }) => type === "gcp:sql/databaseInstance:DatabaseInstance");
    assert.deepEqual(
      instances.map((instance) => reaches(prod, instance, urn)),
      [true, true],
    );
  });

  it("has pods wait for the nodes' right to pull images", () => {
    const provider = only(prod, "pulumi:providers:kubernetes", "gke");
    const reader = only(prod, "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "gcp-registry");
    assert.ok(provider.dependencies.includes(reader.urn));
  });

  it("drives every switch of protection by one value", () => {
    const switches = (resources: readonly Registered[]) =>
      resources.flatMap(({ name, type, protect, inputs }) => [
        ...(protect ? [`protect ${type.split("/").at(-1) ?? ""} ${name}`] : []),
        ...(inputs.deletionProtection ? [`deletionProtection ${name}`] : []),
        ...(inputs.settings?.deletionProtectionEnabled ? [`deletionProtectionEnabled ${name}`] : []),
      ]);
    assert.deepEqual(switches(prod).sort(), [
      "deletionProtection gcp-gke",
      "deletionProtection gcp-mysql",
      "deletionProtection gcp-mysql-replica",
      "deletionProtectionEnabled gcp-mysql",
      "deletionProtectionEnabled gcp-mysql-replica",
      "protect cluster:Cluster gcp-gke",
      "protect cryptoKey:CryptoKey gcp-gke-key",
      "protect databaseInstance:DatabaseInstance gcp-mysql",
      "protect databaseInstance:DatabaseInstance gcp-mysql-replica",
    ]);
    assert.deepEqual(switches(dev), []);
  });

  it("labels whatever Google lets it label", () => {
    const labels = { "part-of": "slipway", stack: "dev", "managed-by": "pulumi" };
    const found = Object.fromEntries(
      prod
        .map(({ name, inputs }) => [
          name,
          inputs.labels ??
            inputs.resourceLabels ??
            inputs.settings?.userLabels ??
            inputs.nodeConfig?.resourceLabels,
        ])
        .filter(([, own]) => own),
    );
    const labelled = "gke gke-key gke-nodes mysql mysql-replica network-nat registry services".split(" ");
    assert.deepEqual(found, Object.fromEntries(labelled.map((name) => [`gcp-${name}`, labels])));
  });

  it("hands the kubeconfig on as a secret, and puts it nowhere else", () => {
    const { inputs } = only(prod, "pulumi:providers:kubernetes", "gke");
    assert.equal(isSecret(inputs.kubeconfig), true);
    const elsewhere = prod.filter(
      (resource) =>
        resource.type !== "pulumi:providers:kubernetes" && hasText(resource.inputs, "current-context"),
    );
    assert.deepEqual(namesOf(elsewhere), []);
  });

  it("takes the stack file's block as it is", async () => {
    const block = gcp.parse({
      project: "acme-dev",
      region: "europe-west1",
      network: { nodes: "10.64.0.0/20", pods: "10.68.0.0/14", services: "10.72.0.0/20", flowLogs: false },
      gke: { zone: "europe-west1-b", spot: true, minNodes: 3, maxNodes: 5, machineType: "e2-standard-2" },
      cloudSql: { tier: "db-custom-1-3840" },
    });
    assert.ok(block);
    const resources = await run(handOn(block));
    const pool = only(resources, "gcp:container/nodePool:NodePool", "gcp-gke-nodes").inputs;
    assert.equal(pool.location, "europe-west1-b");
    assert.deepEqual([pool.nodeConfig.machineType, pool.nodeConfig.spot], ["e2-standard-2", true]);
    const subnetwork = only(resources, "gcp:compute/subnetwork:Subnetwork", "gcp-network").inputs;
    assert.equal(subnetwork.ipCidrRange, "10.64.0.0/20");
    const { settings } = only(resources, "gcp:sql/databaseInstance:DatabaseInstance", "gcp-mysql").inputs;
    assert.equal(settings.tier, "db-custom-1-3840");
  });
});

const namesOf = (resources: readonly Registered[]) => resources.map(({ type, name }) => `${type} ${name}`);

function hasText(input: unknown, text: string): boolean {
  if (typeof input === "string") return input.includes(text);
  if (typeof input !== "object" || input === null || isSecret(input)) return false;
  return Object.values(input).some((child) => hasText(child, text));
}
