import { Provider } from "@pulumi/aws/provider.js";
import assert from "node:assert/strict";
import { type RecordOptions, type Registered, only } from "../../support/program.js";
import { type Changes, makeCluster, namesOf, ofType, recordAws } from "./harness.js";

const CLUSTER = "eks:index:Cluster";
const ADDON = "aws:eks/addon:Addon";

const recordCluster = (changes?: Changes, options?: RecordOptions) =>
  recordAws((account) => makeCluster(account, changes), options);
const clusterOf = async (changes: Changes) => only(await recordCluster(changes), CLUSTER, "eks");

describe("infra/aws/eks-cluster, as it comes, changes and goes", () => {
  let resources: Registered[];
  before(async () => {
    resources = await recordCluster();
  });
  const standard = () => only(resources, CLUSTER, "eks");

  it("is not replaced by an everyday edit: what cannot be changed stays the same", async () => {
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html changes all but these.
    const fixed = [
      "name",
      "vpcId",
      "serviceRole",
      "encryptionConfigKeyArn",
      "kubernetesServiceIpAddressRange",
    ];
    const fixedOf = async (changes: Changes) => {
      const { inputs } = await clusterOf(changes);
      return [...fixed.map((key) => inputs[key]), inputs.autoMode.computeConfig.nodeRoleArn];
    };
    const before = await fixedOf({});
    const edits: Changes[] = [
      { cluster: { version: "1.36", instanceType: "m6i.large", desiredNodes: 4 } },
      { cluster: { reachableFrom: ["203.0.113.0/24"], admins: ["arn:aws:iam::123456789012:role/admin"] } },
      { cluster: { protection: true } },
      { vpc: { natGateways: "each", zones: ["us-west-2a", "us-west-2b", "us-west-2c"] } },
    ];
    for (const edit of edits) assert.deepEqual(await fixedOf(edit), before, JSON.stringify(edit));
  });

  it("keeps its subnets when zones are written in another order, or one is added", async () => {
    const subnets = async (zones: string[]) => (await clusterOf({ vpc: { zones } })).inputs.privateSubnetIds;
    const two = ["vpc-private-a-id", "vpc-private-b-id"];
    assert.deepEqual(await subnets(["us-west-2b", "us-west-2a"]), two);
    const three = [...two, "vpc-private-c-id"];
    assert.deepEqual(await subnets(["us-west-2c", "us-west-2a", "us-west-2b"]), three);
  });

  it("has NetworkPolicies enforced, which EKS ignores by default, and gives the plugin a role of its own", () => {
    const { inputs } = only(resources, ADDON, "eks-vpc-cni");
    assert.deepEqual(JSON.parse(inputs.configurationValues), { enableNetworkPolicy: "true" });
    assert.deepEqual(inputs.podIdentityAssociations, [
      { serviceAccount: "aws-node", roleArn: "arn:aws:iam::123456789012:role/slipway-test-eks-networking" },
    ]);
  });

  it("leaves the add-ons' versions to EKS, so that no preview proposes an update by itself", () => {
    const addOns = ofType(resources, ADDON).map(({ inputs }) => inputs);
    assert.deepEqual(addOns.map(({ addonName }) => addonName).sort(), [
      "coredns",
      "eks-pod-identity-agent",
      "kube-proxy",
      "metrics-server",
      "vpc-cni",
    ]);
    for (const { addonVersion, clusterName } of addOns) {
      assert.deepEqual([addonVersion, clusterName], [undefined, "slipway-test"]);
    }
    assert.equal(standard().inputs.corednsAddonOptions.enabled, false);
  });

  it("starts nodes when the network and what makes them ready are there, and DNS and metrics when there are nodes", () => {
    const nodes = only(resources, "aws:eks/nodeGroup:NodeGroup", "eks-nodes");
    const before = [
      only(resources, CLUSTER, "eks"),
      ...["vpc-cni", "kube-proxy", "pod-identity-agent"].map((name) => only(resources, ADDON, `eks-${name}`)),
      only(resources, "aws:ec2/route:Route", "vpc-private-a"),
      only(resources, "aws:ec2/routeTableAssociation:RouteTableAssociation", "vpc-private-a"),
    ];
    for (const { urn } of before) assert.ok(nodes.dependencies.includes(urn), urn);
    for (const addOn of ["eks-coredns", "eks-metrics-server"])
      assert.ok(only(resources, ADDON, addOn).dependencies.includes(nodes.urn), addOn);
  });

  it("keeps its roles' rights, and the network, until it has gone: it needs both to clean up after itself", () => {
    const { dependencies } = only(resources, CLUSTER, "eks");
    const needed = [
      ...ofType(resources, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").filter(({ name }) =>
        /^eks-(cluster|auto-nodes)-/.test(name),
      ),
      ...resources.filter(({ type }) => type.startsWith("aws:ec2/") && !type.endsWith(":LaunchTemplate")),
    ];
    assert.equal(needed.length, 7 + 19);
    for (const { urn } of needed) assert.ok(dependencies.includes(urn), urn);
  });

  it("hands the cluster's own process the provider, which it would not inherit", async () => {
    const theirs = await recordAws((account) => {
      const provider = new Provider("aws", { region: "us-west-2" });
      makeCluster(account, { opts: { providers: [provider] } });
    });
    assert.deepEqual(only(theirs, CLUSTER, "eks").providers, ["aws"]);
  });

  it("can be previewed before anything of it exists", async () => {
    const made = namesOf(resources);
    assert.deepEqual(namesOf(await recordCluster({}, { preview: true })), made);
  });
});
