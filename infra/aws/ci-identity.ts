import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";
import { deployStatements } from "./ci-deploy-policy.js";
import { readStatements } from "./ci-read-policy.js";
import { Identity } from "./identity.js";
import { GITHUB_ISSUER, gitHubTrust } from "./trust.js";

export interface CiIdentityArgs {
  account: Account;

  /** Whose workflows sign in, as GitHub's tokens name it: "acme@1234/platform@5678", or "acme/platform". */
  gitHubRepository: string;

  /**
   * Of the zone in Route 53 in which hosts get records.
   *
   * @default none, and no right to make any
   */
  zoneId?: pulumi.Input<string>;
}

/**
 * How workflows sign in without a key: by the token that GitHub gives to a job. Each of the roles belongs to an
 * environment of the repository, so a branch or a fork alone opens neither.
 */
export class CiIdentity extends pulumi.ComponentResource {
  /** For previews: it reads. */
  readonly previewRoleArn: pulumi.Output<string>;

  /** For comparisons with what is there: it reads as much, and in the cluster Secrets too. */
  readonly driftRoleArn: pulumi.Output<string>;

  /** For deployments: it changes what a stack file changes every day. */
  readonly deployRoleArn: pulumi.Output<string>;

  constructor(name: string, args: CiIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:CiIdentity", name, {}, opts);

    const { account, gitHubRepository, zoneId } = args;
    const parent = this;
    const read = readStatements(account);

    const issuer = createIssuer();
    const preview = createReadingRole("preview", "Workflows that preview", previewEnvironmentOf(account));
    const drift = createReadingRole("drift", "Workflows that look for drift", driftEnvironmentOf(account));
    const deploy = createDeployRole();

    this.previewRoleArn = preview.arn;
    this.driftRoleArn = drift.arn;
    this.deployRoleArn = deploy.arn;
    this.registerOutputs({
      previewRoleArn: this.previewRoleArn,
      driftRoleArn: this.driftRoleArn,
      deployRoleArn: this.deployRoleArn,
    });

    function createIssuer() {
      // AWS knows GitHub's certificate authorities by itself: a thumbprint would only grow old.
      return new OpenIdConnectProvider(
        name,
        { url: `https://${GITHUB_ISSUER}`, clientIdLists: ["sts.amazonaws.com"] },
        { parent },
      );
    }

    function createReadingRole(role: string, description: string, environment: string) {
      return new Identity(
        `${name}-${role}`,
        {
          roleName: `${account.prefix}-${role}`,
          description,
          trust: [gitHubTrust(account, gitHubRepository, environment)],
          policies: { read },
        },
        { parent, dependsOn: [issuer] },
      );
    }

    function createDeployRole() {
      return new Identity(
        `${name}-deploy`,
        {
          roleName: `${account.prefix}-deploy`,
          description: "Workflows that deploy",
          trust: [gitHubTrust(account, gitHubRepository, deployEnvironmentOf(account))],
          policies: { read, deploy: deployStatements(account, zoneId) },
        },
        { parent, dependsOn: [issuer] },
      );
    }
  }
}

/** The repository's environment whose jobs deploy this stack: it has the stack's name. */
export function deployEnvironmentOf({ tags }: Account): string {
  return tags.Stack;
}

/** The repository's environment whose jobs preview this stack. */
function previewEnvironmentOf({ tags }: Account): string {
  return `${tags.Stack}-preview`;
}

/** The repository's environment whose jobs compare this stack with what is there. */
function driftEnvironmentOf({ tags }: Account): string {
  return `${tags.Stack}-drift`;
}
