import assert from "node:assert/strict";
import type { EksCluster, EksClusterArgs } from "../../../infra/aws/eks-cluster.js";
import { type Registered, only, valueOf } from "../../support/program.js";
import { type Changes, makeCluster, namesOf, recordAws, statementsOf } from "./harness.js";

const CLUSTER = "eks:index:Cluster";

const recordCluster = (changes?: Changes) => recordAws((account) => makeCluster(account, changes));
const clusterOf = async (changes: Changes) => only(await recordCluster(changes), CLUSTER, "eks");

describe("infra/aws/eks-cluster", () => {
  let resources: Registered[];
  before(async () => {
    resources = await recordCluster();
  });
  const standard = () => only(resources, CLUSTER, "eks");

  it("is a control plane with its roles, its key and its log, five add-ons and a node group", () => {
    const names = namesOf(resources).filter((name) => / eks/.test(name));
    assert.deepEqual(
      names.filter((name) => !/^(RolePolicyAttachment|Identity) /.test(name)),
      [
        "Addon eks-coredns",
        "Addon eks-kube-proxy",
        "Addon eks-metrics-server",
        "Addon eks-pod-identity-agent",
        "Addon eks-vpc-cni",
        "Alias eks-secrets",
        "Cluster eks",
        "EksCluster eks",
        "EncryptionKey eks-secrets",
        "Key eks-secrets",
        "LaunchTemplate eks-nodes",
        "LogGroup eks",
        "NodeGroup eks-nodes",
        "NodeGroup eks-nodes",
        "Role eks-auto-nodes",
        "Role eks-cluster",
        "Role eks-networking",
        "Role eks-nodes",
      ],
    );
  });

  it("has a name that people and policies know, in the private subnets", () => {
    const { inputs } = standard();
    assert.equal(inputs.name, "slipway-test");
    assert.equal(inputs.vpcId, "vpc-id");
    assert.deepEqual(inputs.privateSubnetIds, ["vpc-private-a-id", "vpc-private-b-id"]);
    assert.deepEqual([inputs.publicSubnetIds, inputs.subnetIds], [undefined, undefined]);
  });

  it("is pinned to a version that AWS supports for the standard price, and never slips into the dearer support", async () => {
    const { inputs } = standard();
    assert.equal(inputs.version, "1.35");
    assert.deepEqual(inputs.upgradePolicy, { supportType: "STANDARD" });
    const resources = await recordCluster({ cluster: { version: "1.36" } });
    assert.equal(only(resources, CLUSTER, "eks").inputs.version, "1.36");
    assert.equal(only(resources, "aws:eks/nodeGroup:NodeGroup", "eks-nodes").inputs.version, "1.36");
  });

  it("lets in by access entries alone", async () => {
    const roles = { deployRoleArn: "arn:deploy", previewRoleArn: "arn:preview", driftRoleArn: "arn:drift" };
    const admins = ["arn:aws:iam::123456789012:role/admin"];
    const { inputs } = await clusterOf({ cluster: { ...roles, admins } });
    assert.equal(inputs.authenticationMode, "API");
    assert.deepEqual(Object.keys(inputs.accessEntries), ["admin-role-admin", "deploy", "drift", "preview"]);
    assert.deepEqual(standard().inputs.accessEntries, {});
    assert.deepEqual(
      [inputs.roleMappings, inputs.userMappings, inputs.instanceRoles],
      [undefined, undefined, undefined],
    );
  });

  it("runs in Auto Mode, in roles of ours and with both of its node pools", () => {
    const { inputs } = standard();
    assert.deepEqual(inputs.autoMode, {
      enabled: true,
      createNodeRole: false,
      computeConfig: {
        nodePools: ["general-purpose", "system"],
        nodeRoleArn: "arn:aws:iam::123456789012:role/slipway-test-eks-auto-nodes",
      },
    });
    assert.equal(inputs.serviceRole, "eks-cluster-id");
    assert.equal(inputs.skipDefaultNodeGroup, true);
  });

  it("can be reached from the VPC only, until networks are listed", async () => {
    const { inputs } = standard();
    assert.deepEqual(
      [inputs.endpointPrivateAccess, inputs.endpointPublicAccess, inputs.publicAccessCidrs],
      [true, false, undefined],
    );
    const open = (await clusterOf({ cluster: { reachableFrom: ["203.0.113.0/24"] } })).inputs;
    assert.deepEqual(
      [open.endpointPrivateAccess, open.endpointPublicAccess, open.publicAccessCidrs],
      [true, true, ["203.0.113.0/24"]],
    );
  });

  it("encrypts Secrets with a key that only the cluster's own role is given besides the account", () => {
    const { inputs } = only(resources, CLUSTER, "eks");
    assert.equal(inputs.encryptionConfigKeyArn, "arn:aws:kms:us-west-2:123456789012:key/eks-secrets");
    const { Owner, ...users } = statementsOf(only(resources, "aws:kms/key:Key", "eks-secrets").inputs.policy);
    assert.ok(Owner);
    const user = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:role/slipway-test-eks-cluster" },
      Resource: "*",
    };
    assert.deepEqual(users, {
      Cluster: { ...user, Action: ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"] },
      ClusterGrants: {
        ...user,
        Action: "kms:CreateGrant",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    });
  });

  it("keeps all five logs, in a log group that ends and was there first", () => {
    const cluster = only(resources, CLUSTER, "eks");
    assert.deepEqual(cluster.inputs.enabledClusterLogTypes, [
      "api",
      "audit",
      "authenticator",
      "controllerManager",
      "scheduler",
    ]);
    const logGroup = only(resources, "aws:cloudwatch/logGroup:LogGroup", "eks");
    assert.deepEqual(logGroup.inputs, {
      name: "/aws/eks/slipway-test/cluster",
      retentionInDays: 365,
      kmsKeyId: "arn:aws:kms:us-west-2:123456789012:key/logs",
    });
    assert.ok(cluster.dependencies.includes(logGroup.urn));
  });

  it("refuses to be deleted under protection, by Pulumi and by AWS", async () => {
    const safe = await clusterOf({ cluster: { protection: true } });
    assert.deepEqual([safe.protect, safe.inputs.deletionProtection], [true, true]);
    const loose = standard();
    assert.deepEqual([loose.protect, loose.inputs.deletionProtection], [false, false]);
  });

  it("makes a kubeconfig that is a secret, and that names cluster, region and role", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/operator";
    const read = async (cluster?: Partial<EksClusterArgs>) => {
      let kubeconfig: EksCluster["kubeconfig"] | undefined;
      await recordAws((account) => {
        kubeconfig = makeCluster(account, { cluster }).eksCluster.kubeconfig;
      });
      assert.ok(kubeconfig);
      assert.equal(await (kubeconfig as any).isSecret, true);
      const { clusters, users } = JSON.parse(await valueOf(kubeconfig));
      return [clusters[0].cluster.server, ...users[0].user.exec.args];
    };
    const server = "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com";
    const args = [
      "eks",
      "get-token",
      "--cluster-name",
      "slipway-test",
      "--region",
      "us-west-2",
      "--output",
      "json",
    ];
    assert.deepEqual(await read(), [server, ...args]);
    assert.deepEqual(await read({ roleArn }), [server, ...args, "--role-arn", roleArn]);
  });

  it("knows where the cluster's DNS answers, in a range that the VPC does not use", async () => {
    await recordAws((account) => {
      assert.equal(makeCluster(account).eksCluster.dnsAddress, "172.20.0.10");
    });
    const { inputs } = standard();
    assert.equal(inputs.kubernetesServiceIpAddressRange, "172.20.0.0/16");
    const elsewhere = await clusterOf({ vpc: { vpc: "172.20.0.0/16" } });
    assert.equal(elsewhere.inputs.kubernetesServiceIpAddressRange, "10.100.0.0/16");
  });
});
