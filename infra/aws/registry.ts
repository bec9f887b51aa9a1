import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import * as pulumi from "@pulumi/pulumi";
import { type ImageName, cloudImageNames } from "../platform.js";
import { type Account, arnOf } from "./account.js";
import { EncryptionKey } from "./encryption-key.js";

export interface RegistryArgs {
  account: Account;

  /** Whether repositories refuse to be deleted, with or without images in them. */
  protection: boolean;
}

const UNTAGGED_DAYS = 14;
// A build a day for a quarter: far behind what still runs, or could be rolled back to.
const TAGGED_KEPT = 100;

/** One repository in ECR for each image of ours. What has been pushed under a tag stays what it is. */
export class Registry extends pulumi.ComponentResource {
  /** Such as "123456789012.dkr.ecr.us-west-2.amazonaws.com". */
  readonly host: string;

  /** Of the repositories, for those who may push. */
  readonly repositoryArns: readonly string[];

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:Registry", name, {}, opts);

    const { account, protection } = args;
    const parent = this;

    const key = createKey();
    for (const imageName of cloudImageNames) createLifecyclePolicy(imageName, createRepository(imageName));

    this.host = `${account.accountId}.dkr.ecr.${account.region}.amazonaws.com`;
    this.repositoryArns = cloudImageNames.map((image) =>
      arnOf(account, "ecr", `repository/${repositoryOf(image)}`),
    );
    this.registerOutputs({ host: this.host });

    function createKey() {
      return new EncryptionKey(name, { account, purpose: "images", protection }, { parent });
    }

    function createRepository(imageName: ImageName) {
      return new Repository(
        `${name}-${imageName}`,
        {
          name: repositoryOf(imageName),
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
          forceDelete: !protection,
        },
        { parent, protect: protection },
      );
    }

    function createLifecyclePolicy(imageName: ImageName, repository: Repository) {
      return new LifecyclePolicy(
        `${name}-${imageName}`,
        { repository: repository.name, policy: JSON.stringify(lifecycle()) },
        { parent },
      );
    }
  }
}

function repositoryOf(imageName: ImageName): string {
  return `slipway/${imageName}`;
}

function lifecycle() {
  const expire = { type: "expire" };
  const untagged = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days" };
  const tagged = { tagStatus: "tagged", tagPatternList: ["*"], countType: "imageCountMoreThan" };
  return {
    rules: [
      {
        rulePriority: 1,
        description: `what has no tag any more goes after ${UNTAGGED_DAYS} days`,
        selection: { ...untagged, countNumber: UNTAGGED_DAYS },
        action: expire,
      },
      {
        rulePriority: 2,
        description: `the last ${TAGGED_KEPT} versions stay`,
        selection: { ...tagged, countNumber: TAGGED_KEPT },
        action: expire,
      },
    ],
  };
}
