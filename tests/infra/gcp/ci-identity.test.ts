import assert from "node:assert/strict";
import { CiIdentity } from "../../../infra/gcp/ci-identity.js";
import { deployRoles, driftPermissions, grantableRoles, previewRoles } from "../../../infra/gcp/ci-roles.js";
import { PROJECT_NUMBER } from "../../support/clouds.js";
import { type Registered, only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const GRANT = "gcp:projects/iAMMember:IAMMember";
const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const POOL = `projects/${PROJECT_NUMBER}/locations/global/workloadIdentityPools/github-1f2e3d4c`;
const PREVIEW = "serviceAccount:prod-ci-preview@acme-prod.iam.gserviceaccount.com";
const DRIFT = "serviceAccount:prod-ci-drift@acme-prod.iam.gserviceaccount.com";
const DEPLOY = "serviceAccount:prod-ci-deploy@acme-prod.iam.gserviceaccount.com";

describe("infra/gcp/ci-identity", () => {
  let identity: CiIdentity;
  let resources: Registered[];
  const run = (gitHubRepository = "acme/platform") =>
    record(
      () => {
        const args = {
          project: "acme-prod",
          gitHubRepository,
          nodeServiceAccountId: "nodes",
        };
        identity = new CiIdentity("ci", args, new Google().opts);
      },
      { stack: "prod" },
    );
  const rolesOf = (member: string) =>
    resources
      .filter(({ type, inputs }) => type === GRANT && inputs.member === member && !inputs.condition)
      .map(({ inputs }) => inputs.role)
      .sort();
  before(async () => (resources = await run()));

  it("is three service accounts, a role, and a pool by which the repository's workflows become them", () => {
    assert.deepEqual(
      listOf(resources).filter((entry) => !entry.startsWith("iAMMember:")),
      [
        "account:Account ci-deploy",
        "account:Account ci-drift",
        "account:Account ci-preview",
        "iAMCustomRole:IAMCustomRole ci-drift",
        "randomId:RandomId ci",
        "workloadIdentityPool:WorkloadIdentityPool ci",
        "workloadIdentityPoolProvider:WorkloadIdentityPoolProvider ci",
      ],
    );
  });

  it("has no key that could be stolen", () => {
    assert.deepEqual(
      resources.filter(({ type }) => type.includes("serviceaccount/key")),
      [],
    );
  });

  it("has a pool with an id of its own, because Google keeps the id of a deleted one for a month", () => {
    const { inputs } = only(resources, "gcp:iam/workloadIdentityPool:WorkloadIdentityPool", "ci");
    assert.deepEqual(inputs, { project: "acme-prod", workloadIdentityPoolId: "github-1f2e3d4c" });
  });

  it("lets in jobs of this repository that run in one of the stack's three environments, and nobody else", () => {
    const type = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
    assert.deepEqual(only(resources, type, "ci").inputs, {
      project: "acme-prod",
      workloadIdentityPoolId: "github-1f2e3d4c",
      workloadIdentityPoolProviderId: "github",
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
      attributeMapping: {
        "google.subject": "assertion.sub",
        "attribute.environment": "assertion.environment",
      },
      attributeCondition:
        'assertion.repository == "acme/platform" && assertion.environment in ["prod-preview", "prod-drift", "prod"]',
    });
  });

  it("knows a repository by its numbers where they are given, whatever its name will be", async () => {
    const own = await run("acme@1234/platform@5678");
    const type = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
    assert.equal(
      only(own, type, "ci").inputs.attributeCondition,
      'assertion.repository_owner_id == "1234" && assertion.repository_id == "5678" && ' +
        'assertion.environment in ["prod-preview", "prod-drift", "prod"]',
    );
  });

  it("looks in the environments of previews and of drift, and deploys in that of the stack", () => {
    const who = (name: string) => only(resources, ACCOUNT_GRANT, name).inputs;
    const account = (role: string) =>
      `projects/acme-prod/serviceAccounts/prod-ci-${role}@acme-prod.iam.gserviceaccount.com`;
    assert.deepEqual(who("ci-preview"), {
      serviceAccountId: account("preview"),
      role: "roles/iam.workloadIdentityUser",
      member: `principalSet://iam.googleapis.com/${POOL}/attribute.environment/prod-preview`,
    });
    assert.deepEqual(who("ci-drift"), {
      serviceAccountId: account("drift"),
      role: "roles/iam.workloadIdentityUser",
      member: `principalSet://iam.googleapis.com/${POOL}/attribute.environment/prod-drift`,
    });
    assert.deepEqual(who("ci-deploy"), {
      serviceAccountId: account("deploy"),
      role: "roles/iam.workloadIdentityUser",
      member: `principalSet://iam.googleapis.com/${POOL}/attribute.environment/prod`,
    });
  });

  it("gives a preview roles to look, and no other", () => {
    assert.deepEqual(rolesOf(PREVIEW), [...previewRoles].sort());
    const writes = /admin|editor|owner|writer|developer|user$|accessor|decrypter/i;
    assert.deepEqual(
      previewRoles.filter((role) => writes.test(role)),
      [],
    );
  });

  it("gives a look for drift what a preview looks at and the Secrets, and nothing to change", () => {
    const own = "projects/acme-prod/roles/drift_1f2e3d4c";
    assert.deepEqual(rolesOf(DRIFT), [own, ...previewRoles].sort());
    const { permissions, roleId } = only(
      resources,
      "gcp:projects/iAMCustomRole:IAMCustomRole",
      "ci-drift",
    ).inputs;
    assert.equal(roleId, "drift_1f2e3d4c");
    assert.deepEqual(permissions, driftPermissions);
    assert.deepEqual(
      permissions.filter((permission: string) => !/\.(get|list)$/.test(permission)),
      [],
    );
    assert.ok(permissions.includes("container.secrets.get"));
  });

  it("gives a deployment what it changes, and what a preview looks at", () => {
    assert.deepEqual(rolesOf(DEPLOY), [...previewRoles, ...deployRoles].sort());
  });

  it("gives nobody a role over the whole project, over identities or over keys", () => {
    const tooMuch =
      /^roles\/(editor|owner|viewer|iam\..*Admin|iam\.serviceAccount(User|TokenCreator)|iam\.securityAdmin|cloudkms\.(?!viewer).*|resourcemanager\..*|secretmanager\..*)$/;
    const given = resources.filter(({ type, inputs }) => type === GRANT && !inputs.condition);
    assert.deepEqual(
      given.map(({ inputs }) => inputs.role).filter((role) => tooMuch.test(role)),
      [],
    );
  });

  it("lets a deployment give the roles of nodes and pods to others, and so none to itself that matters", () => {
    const limited = resources.filter(({ type, inputs }) => type === GRANT && inputs.condition);
    assert.deepEqual(
      limited.map(({ inputs }) => inputs),
      [
        {
          project: "acme-prod",
          role: "roles/resourcemanager.projectIamAdmin",
          member: DEPLOY,
          condition: {
            title: "roles of nodes and pods only",
            expression:
              "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/container.defaultNodeServiceAccount'])",
          },
        },
      ],
    );
    assert.deepEqual(
      grantableRoles.filter((role) => /admin|editor|owner/i.test(role)),
      [],
    );
  });

  it("acts for the nodes' service account, and for no other", () => {
    const acts = resources.filter(({ inputs }) => inputs.role === "roles/iam.serviceAccountUser");
    assert.deepEqual(
      acts.map(({ type, inputs }) => [type, inputs.serviceAccountId, inputs.member]),
      [[ACCOUNT_GRANT, "nodes", DEPLOY]],
    );
  });

  it("tells the workflows what they sign in with", async () => {
    assert.equal(await valueOf(identity.workloadIdentityProvider), `${POOL}/providers/github`);
    assert.equal(`serviceAccount:${await valueOf(identity.previewServiceAccount)}`, PREVIEW);
    assert.equal(`serviceAccount:${await valueOf(identity.driftServiceAccount)}`, DRIFT);
    assert.equal(`serviceAccount:${await valueOf(identity.deployServiceAccount)}`, DEPLOY);
  });
});
