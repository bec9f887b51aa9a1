import assert from "node:assert/strict";
import { risks, risksOf, type Step } from "../../preview/risk.js";

type Properties = Record<string, unknown>;
const state = (inputs: Properties, protect = false) => ({ inputs, protect });
const change = (action: Step["action"], type: string, rest: Partial<Step> = {}): Step => ({
  action,
  type,
  name: "a",
  urn: "urn",
  properties: [],
  risks: [],
  ...rest,
});
const update = (type: string, before: Properties, after: Properties, path = "") =>
  change("update", type, {
    old: state(before),
    new: state(after),
    properties: path === "" ? [] : [{ path, replaces: false }],
  });

const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const cluster = "gcp:container/cluster:Cluster";
const deployment = "kubernetes:apps/v1:Deployment";

/** Of each rule: types that it is about, when they are deleted or replaced. */
const whenGone: Record<string, string[]> = {
  cluster: [cluster, "aws:eks/cluster:Cluster", "eks:index:Cluster"],
  database: [sql],
  schema: ["gcp:sql/database:Database"],
  volume: [
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:PersistentVolume",
    "gcp:compute/disk:Disk",
    "aws:ebs/volume:Volume",
  ],
  namespace: ["kubernetes:core/v1:Namespace"],
  encryptionKey: ["gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing", "aws:kms/key:Key"],
  registry: ["gcp:artifactregistry/repository:Repository", "aws:ecr/repository:Repository"],
  bucket: ["gcp:storage/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
  provider: ["pulumi:providers:kubernetes"],
  statefulSet: ["kubernetes:apps/v1:StatefulSet"],
  workload: [deployment, "kubernetes:apps/v1:DaemonSet"],
  secretSource: ["random:index/randomPassword:RandomPassword", "random:index/randomId:RandomId"],
  databaseUser: ["gcp:sql/user:User"],
  nodes: [
    "gcp:container/nodePool:NodePool",
    "aws:eks/nodeGroup:NodeGroup",
    "eks:index:ManagedNodeGroup",
    "eks:index:NodeGroupV2",
  ],
  network: [
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/routerNat:RouterNat",
    "gcp:servicenetworking/connection:Connection",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/natGateway:NatGateway",
  ],
  address: ["gcp:compute/globalAddress:GlobalAddress", "gcp:compute/address:Address", "aws:ec2/eip:Eip"],
  entry: [
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:core/v1:Service",
    "kubernetes:networking.gke.io/v1:ManagedCertificate",
    "gcp:dns/recordSet:RecordSet",
    "aws:route53/record:Record",
    "aws:acm/certificate:Certificate",
  ],
};

/** Of each other rule: a change that it is about, and one that looks like it and is harmless. */
const whenChanged: Record<string, { risky: Step; harmless: Step }> = {
  configuration: {
    risky: change("replace", "kubernetes:core/v1:Secret", { deletedFirst: true }),
    harmless: change("replace", "kubernetes:core/v1:Secret", { deletedFirst: false }),
  },
  recreate: {
    risky: update(
      deployment,
      {},
      { spec: { strategy: { type: "Recreate" } } },
      "spec.template.spec.containers[0].image",
    ),
    harmless: update(deployment, {}, { spec: { strategy: { type: "Recreate" } } }, "spec.replicas"),
  },
  noReplicas: {
    risky: update(deployment, { spec: { replicas: 2 } }, { spec: { replicas: 0 } }),
    harmless: update(deployment, { spec: { replicas: 2 } }, { spec: { replicas: 1 } }),
  },
  readReplica: {
    risky: change("replace", sql, { old: state({ masterInstanceName: "primary" }), new: state({}) }),
    harmless: change("create", sql, { new: state({ masterInstanceName: "primary" }) }),
  },
  databaseRestart: {
    risky: update(sql, {}, {}, "settings.tier"),
    harmless: update(sql, {}, {}, "settings.maintenanceWindow.hour"),
  },
  unprotected: {
    risky: change("update", cluster, { old: state({}, true), new: state({}, false) }),
    harmless: change("update", cluster, { old: state({}, false), new: state({}, true) }),
  },
  deletionProtection: {
    risky: update(cluster, { deletionProtection: true }, { deletionProtection: false }),
    harmless: update(cluster, { deletionProtection: false }, { deletionProtection: true }),
  },
  backups: {
    risky: update(
      sql,
      { settings: { backupConfiguration: { enabled: true } } },
      { settings: { backupConfiguration: { enabled: false } } },
    ),
    harmless: update(
      sql,
      { settings: { backupConfiguration: { enabled: false } } },
      { settings: { backupConfiguration: { enabled: true } } },
    ),
  },
};

describe("preview/risk", () => {
  it("has a case of each rule here", () => {
    assert.deepEqual(
      [...Object.keys(whenGone), ...Object.keys(whenChanged)].sort(),
      Object.keys(risks).sort(),
    );
  });

  for (const [name, types] of Object.entries(whenGone)) {
    it(`finds "${name}" when it is deleted or replaced, and nothing when it is created or changed`, () => {
      for (const type of types) {
        assert.deepEqual(risksOf(change("delete", type)), [name], type);
        assert.deepEqual(risksOf(change("replace", type)), [name], type);
        assert.deepEqual(risksOf(change("create", type)), [], type);
        assert.deepEqual(risksOf(update(type, {}, {}, "labels")), [], type);
      }
    });
  }

  for (const [name, { risky, harmless }] of Object.entries(whenChanged)) {
    it(`finds "${name}", and nothing in a change that only looks like it`, () => {
      assert.deepEqual(risksOf(risky), [name]);
      assert.deepEqual(risksOf(harmless), []);
    });
  }

  it("lets a Deployment that rolls change its pods", () => {
    const after = { spec: { strategy: { type: "RollingUpdate" } } };
    assert.deepEqual(risksOf(update(deployment, {}, after, "spec.template.spec.containers[0].image")), []);
  });

  it("sees protection that is switched off in each of its spellings", () => {
    const off: [string, Properties, Properties][] = [
      [
        sql,
        { settings: { deletionProtectionEnabled: true } },
        { settings: { deletionProtectionEnabled: false } },
      ],
      [cluster, { deletionProtection: true }, {}],
      ["aws:ecr/repository:Repository", { forceDelete: false }, { forceDelete: true }],
      ["gcp:storage/bucket:Bucket", {}, { forceDestroy: true }],
    ];
    for (const [type, before, after] of off) {
      assert.deepEqual(risksOf(update(type, before, after)), ["deletionProtection"], type);
    }
  });

  it("finds every risk that one change has", () => {
    const step = update(sql, { deletionProtection: true }, { deletionProtection: false }, "settings.tier");
    assert.deepEqual(risksOf(step), ["databaseRestart", "deletionProtection"]);
  });
});
