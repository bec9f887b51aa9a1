import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";
import { Identity } from "./identity.js";
import type { Statement, Trust } from "./policy.js";
import type { Registry } from "./registry.js";

export interface PushIdentityArgs {
  account: Account;
  registry: Registry;

  /** Who pushes. */
  trust: readonly Trust[];
}

/** In which programs push images: a role, because a user's key never expires and is copied about. */
export class PushIdentity extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PushIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:PushIdentity", name, {}, opts);

    const { account, registry, trust } = args;
    const parent = this;

    const identity = createIdentity();

    this.arn = identity.arn;
    this.registerOutputs({ arn: this.arn });

    function createIdentity() {
      return new Identity(
        name,
        {
          roleName: `${account.prefix}-push`,
          description: "Programs that push images",
          trust,
          policies: { push: pushStatements(registry.repositoryArns) },
        },
        { parent },
      );
    }
  }
}

/** Push to these repositories, and look what is there; delete nothing, and change no repository's settings. */
function pushStatements(repositoryArns: readonly string[]): Statement[] {
  return [
    // The token is the account's: what it opens is decided by the rights below.
    { Sid: "SignIn", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "Push",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      Resource: repositoryArns,
    },
  ];
}
