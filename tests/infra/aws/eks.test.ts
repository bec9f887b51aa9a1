import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { Account } from "../../../infra/aws/account.js";
import { Eks, type EksArgs } from "../../../infra/aws/eks.js";
import type { Identity } from "../../../infra/platform.js";
import { type Registered, isSecret, only, valueOf } from "../../support/program.js";
import { type Changes, makeCluster, namesOf, ofType, recordAws, refuses } from "./harness.js";

const make = (account: Account, args: Partial<EksArgs> = {}, changes?: Changes) => {
  const awsProvider = new Provider("aws", { region: "us-west-2" });
  return new Eks("eks", { ...makeCluster(account, changes), awsProvider, images: {}, ...args });
};
const labels = { tier: "web" };
const entryArgs = { namespace: "journal", routes: [{ path: "/", service: "fileserver", port: 80 }] };

describe("infra/aws/eks", () => {
  let resources: Registered[];
  before(async () => {
    resources = await recordAws((account) => {
      const hostedZone = { zoneName: "example.com", zoneId: "Z1" };
      const eks = make(account, { domain: "example.com", hostedZone });
      eks.createEntry("journal", entryArgs, { parent: eks });
    });
  });
  const provider = () => only(resources, "pulumi:providers:kubernetes", "eks");

  it("has a provider that knows the cluster by a name that no new kubeconfig changes", () => {
    assert.equal(provider().inputs.clusterIdentifier, "eks");
    assert.equal(provider().inputs.enableServerSideApply, "true");
    assert.ok(isSecret(provider().inputs.kubeconfig));
  });

  it("puts apps on the cluster after its nodes and its DNS, and takes them away before", () => {
    const nodes = only(resources, "aws:eks/nodeGroup:NodeGroup", "eks-nodes");
    const dns = only(resources, "aws:eks/addon:Addon", "eks-coredns");
    for (const { urn } of [nodes, dns]) assert.ok(provider().dependencies.includes(urn), urn);
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.deepEqual(namesOf(objects), [
      "Ingress journal",
      "IngressClass eks",
      "IngressClassParams eks",
      "StorageClass eks",
    ]);
    for (const object of objects) assert.match(object.provider, /::eks::/, object.type);
  });

  it("makes what an entry needs outside of the cluster with the provider of AWS", () => {
    const outside = resources.filter(({ type }) => /^aws:(acm|route53)/.test(type));
    assert.equal(outside.length, 4);
    for (const { provider: of, type } of outside) assert.match(of, /::aws::/, type);
  });

  it("makes volumes encrypted, where their pod runs, and pods run where volumes can be mounted", () => {
    assert.deepEqual(only(resources, "kubernetes:storage.k8s.io/v1:StorageClass", "eks").inputs, {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { type: "gp3", encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
      allowedTopologies: [
        { matchLabelExpressions: [{ key: "eks.amazonaws.com/compute-type", values: ["auto"] }] },
      ],
    });
  });

  it("has Auto Mode's own controller make load balancers that the internet reaches", () => {
    const params = only(resources, "kubernetes:eks.amazonaws.com/v1:IngressClassParams", "eks").inputs;
    assert.deepEqual([params.metadata.name, params.spec], ["alb", { scheme: "internet-facing" }]);
    const { metadata, spec } = only(resources, "kubernetes:networking.k8s.io/v1:IngressClass", "eks").inputs;
    assert.equal(metadata.name, "alb");
    assert.deepEqual(spec, {
      controller: "eks.amazonaws.com/alb",
      parameters: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "alb" },
    });
  });

  it("takes an Ingress away before its class, without which the load balancer would stay behind", () => {
    const ingress = only(resources, "kubernetes:networking.k8s.io/v1:Ingress", "journal");
    const ingressClass = only(resources, "kubernetes:networking.k8s.io/v1:IngressClass", "eks");
    const params = only(resources, "kubernetes:eks.amazonaws.com/v1:IngressClassParams", "eks");
    assert.equal(ingress.inputs.spec.ingressClassName, "alb");
    assert.ok(ingress.dependencies.includes(ingressClass.urn));
    assert.ok(ingressClass.dependencies.includes(params.urn));
  });

  it("tells apps what is true on EKS", async () => {
    await recordAws((account) => {
      const eks = make(account, { images: { redis: "redis:v1.0.0-0000000" } });
      assert.equal(eks.storageClassName, "gp3");
      assert.equal(eks.imagePullPolicy, "Always");
      assert.equal(eks.drainDelaySec, 30);
      assert.equal(eks.image("redis"), "redis:v1.0.0-0000000");
      assert.deepEqual(eks.namespaceLabels, { "eks.amazonaws.com/pod-readiness-gate-inject": "enabled" });
    });
  });

  it("lets in the load balancers, which stand in the public subnets, and out to the cluster's DNS", async () => {
    await recordAws((account) => {
      const eks = make(account);
      assert.deepEqual(eks.entryPeers, [
        { ipBlock: { cidr: "10.64.128.0/24" } },
        { ipBlock: { cidr: "10.64.129.0/24" } },
      ]);
      assert.deepEqual(eks.dnsPeers, [{ ipBlock: { cidr: "172.20.0.10/32" } }]);
    });
  });

  it("gives pods an account that a Pod Identity association can name, and no role as long as none is asked for", async () => {
    let known: Identity | undefined;
    let made: Identity | undefined;
    const all = await recordAws((account) => {
      const eks = make(account);
      known = eks.identityOf({ namespace: "chat", name: "server" });
      made = eks.createIdentity(
        "chat-server",
        { namespace: "chat", name: "server", labels },
        { parent: eks },
      );
    });
    assert.deepEqual(known, { serviceAccountName: "server" });
    assert.deepEqual(await valueOf(pulumi.output(made)), known);
    assert.deepEqual(only(all, "kubernetes:core/v1:ServiceAccount", "chat-server").inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "server", namespace: "chat", labels },
      automountServiceAccountToken: false,
    });
    const withoutIt = await recordAws((account) => make(account));
    assert.deepEqual(
      namesOf(all).filter((name) => name !== "ServiceAccount chat-server"),
      namesOf(withoutIt),
    );
  });

  it("tells the load balancer on the Service how to treat it", async () => {
    await recordAws((account) => {
      const backend = { namespace: "journal", healthPath: "/readyz", healthPort: 8080, sticky: true };
      const { annotations } = make(account).createBackend("frontend", backend);
      const names = Object.keys(annotations);
      assert.ok(names.includes("alb.ingress.kubernetes.io/healthcheck-path"));
      assert.ok(names.includes("alb.ingress.kubernetes.io/target-group-attributes"));
    });
  });

  it("offers no MySQL, and says where there is one", async () => {
    await recordAws((account) => {
      const eks = make(account);
      refuses(
        () => eks.createMySql("prisma"),
        "cluster",
        'expected a cluster that offers MySQL for "prisma", got eks: not offered on EKS; place the app on gke or local',
      );
    });
  });

  it("offers no load balancer without TLS, and says where there is one", async () => {
    await recordAws((account) => {
      const eks = make(account);
      refuses(
        () => eks.createLoadBalancer("chat"),
        "cluster",
        'expected a cluster that offers a load balancer for "chat", got eks: only gke has one; place the app there, or give it an entry',
      );
    });
  });

  it("makes a load balancer for each entry that is asked for, and none by itself", async () => {
    const none = await recordAws((account) => make(account));
    assert.deepEqual(ofType(none, "kubernetes:networking.k8s.io/v1:Ingress"), []);
    assert.equal(ofType(resources, "kubernetes:networking.k8s.io/v1:Ingress").length, 1);
  });
});
