import assert from "node:assert/strict";
import { Registry } from "../../../infra/aws/registry.js";
import { cloudImageNames } from "../../../infra/platform.js";
import { type Registered, only } from "../../support/program.js";
import { ofType, recordAws } from "./harness.js";

const REPOSITORY = "aws:ecr/repository:Repository";

describe("infra/aws/registry", () => {
  const recordRegistry = (protection: boolean) =>
    recordAws((account) => new Registry("registry", { account, protection }));
  let resources: Registered[];
  before(async () => {
    resources = await recordRegistry(true);
  });

  it("has a repository for every image of the project, and no other", () => {
    const names = ofType(resources, REPOSITORY).map(({ inputs }) => inputs.name);
    assert.deepEqual(names.sort(), cloudImageNames.map((name) => `slipway/${name}`).sort());
  });

  it("lets no tag move, scans what is pushed, and encrypts it with a key of its own", () => {
    const { inputs } = only(resources, REPOSITORY, "registry-redis");
    assert.deepEqual(inputs, {
      name: "slipway/redis",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [
        { encryptionType: "KMS", kmsKey: "arn:aws:kms:us-west-2:123456789012:key/registry" },
      ],
      forceDelete: false,
    });
    assert.equal(only(resources, "aws:kms/key:Key", "registry").inputs.enableKeyRotation, true);
  });

  it("deletes what has no tag any more, and of the rest what is far behind", () => {
    for (const image of cloudImageNames) {
      const policy = only(resources, "aws:ecr/lifecyclePolicy:LifecyclePolicy", `registry-${image}`).inputs;
      assert.equal(policy.repository, `slipway/${image}`);
      const rules = JSON.parse(policy.policy).rules.map(({ rulePriority, selection, action }: any) => ({
        rulePriority,
        ...selection,
        action: action.type,
      }));
      assert.deepEqual(rules, [
        {
          rulePriority: 1,
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: 14,
          action: "expire",
        },
        {
          rulePriority: 2,
          tagStatus: "tagged",
          tagPatternList: ["*"],
          countType: "imageCountMoreThan",
          countNumber: 100,
          action: "expire",
        },
      ]);
    }
  });

  it("loses its images with the repository only where nothing is protected", async () => {
    const of = (some: Registered[]) => {
      const { protect, inputs } = only(some, REPOSITORY, "registry-redis");
      return [protect, inputs.forceDelete];
    };
    assert.deepEqual(of(resources), [true, false]);
    assert.deepEqual(of(await recordRegistry(false)), [false, true]);
  });

  it("tells where to push, and which repositories there are to push to", async () => {
    await recordAws((account) => {
      const registry = new Registry("registry", { account, protection: false });
      assert.equal(registry.host, "123456789012.dkr.ecr.us-west-2.amazonaws.com");
      assert.deepEqual(
        registry.repositoryArns,
        cloudImageNames.map((name) => `arn:aws:ecr:us-west-2:123456789012:repository/slipway/${name}`),
      );
    });
  });
});
