import assert from "node:assert/strict";
import type { Existing } from "../../../rehearsal/cloud/store.js";
import { creationsThatHappened, pendingOperations } from "../../../rehearsal/pending.js";

const PARENT = "urn:pulumi:dev::slipway::slipway:aws:Vpc::vpc";
const PROVIDER = "urn:pulumi:dev::slipway::pulumi:providers:aws::aws";

const creating = (type: string, name: string, inputs: object, custom = true) => ({
  type: "creating",
  resource: {
    urn: `${PARENT}$${type}::${name}`,
    type,
    custom,
    inputs,
    parent: PARENT,
    provider: `${PROVIDER}::id`,
  },
});

const state = (resources: object[], pending_operations: object[]) =>
  JSON.stringify({ version: 3, checkpoint: { latest: { resources, pending_operations } } });

const thing = (token: string, id: string, inputs: Record<string, unknown>, remains?: string): Existing => ({
  ...{ token, id, inputs, outputs: {}, handles: [], holds: [] },
  ...(remains !== undefined && { remains }),
});

describe("rehearsal/pending", () => {
  it("finds in the cloud what was made and not written down, with where it belongs", () => {
    const pending = [creating("aws:ec2/vpc:Vpc", "main", { cidrBlock: "10.0.0.0/16" })];
    const { nameTable, resources } = creationsThatHappened(state([], pending), [
      thing("aws:ec2/vpc:Vpc", "vpc-1", { cidrBlock: "10.1.0.0/16" }),
      thing("aws:ec2/vpc:Vpc", "vpc-2", { cidrBlock: "10.0.0.0/16" }),
    ]);
    const [parent, provider] = ["slipway_aws_Vpc_vpc", "pulumi_providers_aws_aws"];
    assert.deepEqual(resources, [{ type: "aws:ec2/vpc:Vpc", name: "main", id: "vpc-2", parent, provider }]);
    assert.deepEqual(nameTable, { [parent]: PARENT, [provider]: PROVIDER });
  });

  it("takes nothing that the state knows, that was deleted, or that is another's", () => {
    const inputs = { domain: "vpc" };
    const pending = [creating("aws:ec2/eip:Eip", "a", inputs), creating("aws:ec2/eip:Eip", "b", inputs)];
    const { resources } = creationsThatHappened(state([{ type: "aws:ec2/eip:Eip", id: "eip-1" }], pending), [
      thing("aws:ec2/eip:Eip", "eip-1", inputs),
      thing("aws:ec2/eip:Eip", "eip-2", inputs, "it only remains"),
      thing("aws:ec2/eip:Eip", "eip-3", inputs),
    ]);
    assert.deepEqual(
      resources.map(({ name, id }) => [name, id]),
      [["a", "eip-3"]],
    );
  });

  it("tells what has the same id as something else that the state knows from that", () => {
    const [REPOSITORY, POLICY] = ["aws:ecr/repository:Repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy"];
    const inputs = { repository: "slipway/redis", policy: "{}" };
    const known = state([{ type: REPOSITORY, id: "slipway/redis" }], [creating(POLICY, "redis", inputs)]);
    const { resources } = creationsThatHappened(known, [
      thing(REPOSITORY, "slipway/redis", { name: "slipway/redis" }),
      thing(POLICY, "slipway/redis", inputs),
    ]);
    assert.deepEqual(
      resources.map(({ type, id }) => [type, id]),
      [[POLICY, "slipway/redis"]],
    );
  });

  it("asks nothing about components, and compares no secret, which the state has encrypted", () => {
    const password = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "x",
    };
    const pending = [
      creating("slipway:aws:Vpc", "component", {}, false),
      creating("gcp:sql/user:User", "user", { name: "app", password }),
    ];
    const { resources } = creationsThatHappened(state([], pending), [
      thing("slipway:aws:Vpc", "component", {}),
      thing("gcp:sql/user:User", "app", { name: "app", password: "pa55word" }),
    ]);
    assert.deepEqual(
      resources.map(({ id }) => id),
      ["app"],
    );
  });

  it("finds none in a state without them", () => {
    assert.deepEqual(creationsThatHappened("{}", []).resources, []);
    assert.deepEqual(pendingOperations("{}"), []);
  });
});
