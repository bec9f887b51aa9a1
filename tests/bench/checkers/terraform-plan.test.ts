import assert from "node:assert/strict";
import { planOf } from "../../../bench/checkers/terraform-plan.js";
import { terraformTypes } from "../../../bench/checkers/terraform-types.js";
import { awsRules } from "../../../rehearsal/cloud/aws/index.js";
import { declarationOf } from "../../../rehearsal/cloud/declarations.js";
import { gcpRules } from "../../../rehearsal/cloud/gcp/index.js";

const registered = (type: string, name: string, inputs: object = {}) => ({ type, name, inputs });

describe("bench/checkers/terraform-plan", () => {
  const values = (type: string, inputs: object) =>
    planOf([registered(type, "it", inputs)]).plan.planned_values.root_module.resources[0]?.values;

  it("tells every type that has no name in Terraform that we know, each once, and leaves it out", () => {
    const { plan, unmapped } = planOf([
      registered("gcp:redis/instance:Instance", "cache"),
      registered("gcp:compute/network:Network", "main"),
      registered("aws:s3/bucket:Bucket", "one"),
      registered("aws:s3/bucket:Bucket", "two"),
      registered("kubernetes:core/v1:Secret", "redis"),
      registered("slipway:gcp:Network", "network"),
    ]);
    assert.deepEqual(unmapped, ["aws:s3/bucket:Bucket", "gcp:redis/instance:Instance"]);
    assert.deepEqual(
      plan.resource_changes.map(({ address }) => address),
      ["google_compute_network.main"],
    );
  });

  it("knows only types that the SDKs have, under names of their cloud, and none under another's", () => {
    const names = Object.entries(terraformTypes).filter(([type]) => !type.startsWith("eks:"));
    assert.ok(names.length >= 55, `only ${names.length} types`);
    for (const [type, name] of names) {
      assert.ok(declarationOf(type), `${type} is no type`);
      assert.match(name, type.startsWith("gcp:") ? /^google_[a-z_]+$/ : /^aws_[a-z0-9_]+$/);
    }
    assert.equal(new Set(names.map(([, name]) => name)).size, names.length);
  });

  it("has a name for every type that the program makes, as the rehearsal's clouds know them", () => {
    const made = Object.keys({ ...gcpRules, ...awsRules }).filter((type) => !/:(Managed)?Zone$/.test(type));
    assert.deepEqual(planOf(made.map((type) => registered(type, "it"))).unmapped, []);
  });

  it("writes attributes in Terraform's words: blocks as lists, maps as they are", () => {
    const inputs = {
      diskSizeGb: 50,
      privateClusterConfig: { enablePrivateNodes: true },
      secondaryIpRanges: [{ rangeName: "pods" }],
      resourceLabels: { managedBy: "pulumi" },
      absent: undefined,
    };
    assert.deepEqual(values("gcp:container/cluster:Cluster", inputs), {
      disk_size_gb: 50,
      private_cluster_config: [{ enable_private_nodes: true }],
      secondary_ip_range: [{ range_name: "pods" }],
      resource_labels: { managedBy: "pulumi" },
    });
  });

  it("says which resource an attribute refers to, if that one is in the plan", () => {
    const subnet = registered("aws:ec2/subnet:Subnet", "a", { vpcId: "main-id" });
    const vpc = registered("aws:ec2/vpc:Vpc", "main");
    const referred = (...others: (typeof vpc)[]) =>
      planOf([subnet, ...others]).plan.resource_changes[0]?.change.after;
    assert.deepEqual(referred(vpc), { vpc_id: "aws_vpc.main.id" });
    assert.deepEqual(referred(), { vpc_id: "main-id" });
  });
});
