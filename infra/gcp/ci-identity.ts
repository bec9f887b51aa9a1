import { WorkloadIdentityPool } from "@pulumi/gcp/iam/workloadIdentityPool.js";
import { WorkloadIdentityPoolProvider } from "@pulumi/gcp/iam/workloadIdentityPoolProvider.js";
import { IAMCustomRole } from "@pulumi/gcp/projects/iamcustomRole.js";
import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import { IAMMember as AccountIAMMember } from "@pulumi/gcp/serviceaccount/iammember.js";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { deployRoles, driftPermissions, grantableRoles, previewRoles } from "./ci-roles.js";
import { serviceAccountId } from "./service-account-id.js";

export interface CiIdentityArgs {
  project: pulumi.Input<string>;

  /** As GitHub's tokens name it: "acme@1234/platform@5678", or "acme/platform". */
  gitHubRepository: string;

  /** Resource name of the nodes' service account: who makes nodes acts for it. */
  nodeServiceAccountId: pulumi.Input<string>;
}

const ISSUER = "https://token.actions.githubusercontent.com";

/**
 * How the repository's workflows sign in without a key: a job of GitHub's environment `<stack>-preview` looks, a job of
 * `<stack>-drift` looks at Secrets too, a job of `<stack>` deploys. GitHub decides by each environment's rules which
 * branches get there.
 */
export class CiIdentity extends pulumi.ComponentResource {
  /** For the `workload_identity_provider` of google-github-actions/auth. */
  readonly workloadIdentityProvider: pulumi.Output<string>;

  /** Emails for its `service_account`. */
  readonly previewServiceAccount: pulumi.Output<string>;
  readonly driftServiceAccount: pulumi.Output<string>;
  readonly deployServiceAccount: pulumi.Output<string>;

  constructor(name: string, args: CiIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:CiIdentity", name, {}, opts);

    const { project, gitHubRepository, nodeServiceAccountId } = args;
    const parent = this;
    const stack = pulumi.getStack();
    const environments = { preview: `${stack}-preview`, drift: `${stack}-drift`, deploy: stack };

    // Google keeps the id of a deleted pool for 30 days, and that of a deleted role for 37.
    const suffix = new random.RandomId(name, { byteLength: 4, keepers: { project } }, { parent });
    const pool = createPool();
    const provider = createProvider();
    const preview = createAccount("preview", "Looks at what a change would do");
    const drift = createAccount("drift", "Compares with what is there");
    const deploy = createAccount("deploy", "Deploys");
    for (const role of previewRoles) createGrant("preview", preview, role);
    for (const role of previewRoles) createGrant("drift", drift, role);
    createDriftRole();
    for (const role of [...previewRoles, ...deployRoles]) createGrant("deploy", deploy, role);
    createLimitedIamAdmin();
    createNodeUser();

    this.workloadIdentityProvider = provider.name;
    this.previewServiceAccount = preview.email;
    this.driftServiceAccount = drift.email;
    this.deployServiceAccount = deploy.email;
    this.registerOutputs({ workloadIdentityProvider: this.workloadIdentityProvider });

    function createPool() {
      return new WorkloadIdentityPool(
        name,
        { project, workloadIdentityPoolId: pulumi.interpolate`github-${suffix.hex}` },
        { parent },
      );
    }

    function createProvider() {
      const allowed = Object.values(environments).map((environment) => JSON.stringify(environment));
      return new WorkloadIdentityPoolProvider(
        name,
        {
          project,
          workloadIdentityPoolId: pool.workloadIdentityPoolId,
          workloadIdentityPoolProviderId: "github",
          oidc: { issuerUri: ISSUER },
          // By claims of their own: GitHub spells the subject in two ways, with and without the repository's number.
          attributeMapping: {
            "google.subject": "assertion.sub",
            "attribute.environment": "assertion.environment",
          },
          attributeCondition:
            `${repositoryCondition(gitHubRepository)} && ` +
            `assertion.environment in [${allowed.join(", ")}]`,
        },
        { parent },
      );
    }

    function createAccount(role: keyof typeof environments, displayName: string) {
      const account = new Account(
        `${name}-${role}`,
        { project, accountId: serviceAccountId(`ci-${role}`), displayName },
        { parent },
      );
      new AccountIAMMember(
        `${name}-${role}`,
        {
          serviceAccountId: account.name,
          role: "roles/iam.workloadIdentityUser",
          member: pulumi.interpolate`principalSet://iam.googleapis.com/${pool.name}/attribute.environment/${environments[role]}`,
        },
        { parent },
      );
      return account;
    }

    function createGrant(role: keyof typeof environments, account: Account, granted: string) {
      return new IAMMember(
        `${name}-${role}-${granted.replace("roles/", "")}`,
        { project, role: granted, member: account.member },
        { parent },
      );
    }

    function createDriftRole() {
      const { name: role } = new IAMCustomRole(
        `${name}-drift`,
        {
          project,
          // Without hyphens, which the id of a role may not have.
          roleId: pulumi.interpolate`drift_${suffix.hex}`,
          title: "Reads what a comparison reads, Secrets too",
          permissions: [...driftPermissions],
        },
        { parent },
      );
      return new IAMMember(`${name}-drift-own`, { project, role, member: drift.member }, { parent });
    }

    function createLimitedIamAdmin() {
      const roles = grantableRoles.map((role) => `'${role}'`).join(", ");
      return new IAMMember(
        `${name}-deploy-grants`,
        {
          project,
          role: "roles/resourcemanager.projectIamAdmin",
          member: deploy.member,
          condition: {
            title: "roles of nodes and pods only",
            expression: `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${roles}])`,
          },
        },
        { parent },
      );
    }

    function createNodeUser() {
      return new AccountIAMMember(
        `${name}-deploy-nodes`,
        {
          serviceAccountId: nodeServiceAccountId,
          role: "roles/iam.serviceAccountUser",
          member: deploy.member,
        },
        { parent },
      );
    }
  }
}

/** By its numbers if they are known: a name can be given up, and be somebody else's then. */
function repositoryCondition(repository: string): string {
  const [, owner, own] = /^[^@]+@(\d+)\/[^@]+@(\d+)$/.exec(repository) ?? [];
  return owner !== undefined && own !== undefined
    ? `assertion.repository_owner_id == "${owner}" && assertion.repository_id == "${own}"`
    : `assertion.repository == ${JSON.stringify(repository)}`;
}
