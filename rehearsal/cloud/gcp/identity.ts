import type { Properties } from "../../../engine/random-provider/wire.js";
import { block, digits, text, type Rule, type Rules, type Thing } from "../rule.js";
import { numberOf, projectOf, SERVICE, source, withApi } from "./naming.js";

export const ACCOUNT = "gcp:serviceaccount/account:Account";
const POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool";
const POOL_PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
const CLUSTER = "gcp:container/cluster:Cluster";

const emailOf = (thing: Thing) =>
  `${text(thing.inputs, "accountId")}@${projectOf(thing)}.iam.gserviceaccount.com`;

/** Whom a policy names has to exist: https://cloud.google.com/iam/docs/principal-identifiers */
function memberComplaints(thing: Thing): string[] {
  const member = text(thing.inputs, "member");
  const { store } = thing.cloud;
  const [kind = "", ...rest] = member.split(":");
  const name = rest.join(":");
  if (kind === "serviceAccount" && !name.startsWith("service-") && !store.named(ACCOUNT, name)) {
    return [`service account ${name} does not exist`];
  }
  const [, number, pool = ""] =
    /\/projects\/(\d+)\/locations\/global\/workloadIdentityPools\/([^/]+)\//.exec(member) ?? [];
  if (number === undefined) return [];
  if (number !== numberOf(projectOf(thing))) return [`project ${number} is not ${projectOf(thing)}`];
  const ofCluster = store
    .all()
    .some(
      ({ token, inputs }) =>
        token === CLUSTER && text(block(inputs, "workloadIdentityConfig"), "workloadPool") === pool,
    );
  return ofCluster || store.named(POOL, pool) ? [] : [`identity pool does not exist (${pool})`];
}

/** One right of one member. Google keeps them in one policy, and two that are alike are one. */
export const memberRule = (
  service: string,
  file: string,
  on: readonly string[],
  refersTo: Rule["refersTo"],
): Rule => ({
  source: source(service, file),
  replacesOn: [...on, "role", "member", "condition"],
  values: {
    role: {
      form: /^(roles|projects\/[^/]+\/roles|organizations\/[^/]+\/roles)\/[\w.]+$/,
      says: 'a role such as "roles/viewer"',
    },
    member: {
      form: /^(user|serviceAccount|group|domain|principal|principalSet):.+/,
      says: "a member of IAM policies",
    },
  },
  refersTo,
  complaints: memberComplaints,
  id: ({ inputs }) =>
    [
      ...[...on, "role", "member"].map((part) => text(inputs, part)),
      text(block(inputs, "condition"), "title"),
    ]
      .filter((part) => part !== "")
      .join("/"),
  outputs: ({ id }) => ({ etag: digits(id, 12) }),
});

const idPattern = (form: RegExp, says: string) => ({ form, says });

export const identityRules: Rules = {
  [SERVICE]: {
    source: source("resourcemanager", "google_project_service"),
    replacesOn: ["project", "service"],
    values: {
      service: idPattern(/^[a-z0-9.-]+\.googleapis\.com$/, 'an API such as "compute.googleapis.com"'),
    },
    adopts: () => true,
    id: (thing) => `${projectOf(thing)}/${text(thing.inputs, "service")}`,
    outputs: (thing) => ({ project: projectOf(thing) }),
    remains: ({ disableOnDestroy }) => (disableOnDestroy === false ? "the API stays on" : undefined),
  },

  "gcp:projects/serviceIdentity:ServiceIdentity": {
    source: source("resourcemanager", "project_service_identity"),
    replacesOn: ["project", "service"],
    adopts: () => true,
    id: (thing) => `projects/${projectOf(thing)}/services/${text(thing.inputs, "service")}`,
    outputs: (thing) => {
      const robot =
        text(thing.inputs, "service") === "container.googleapis.com" ? "container-engine-robot" : "gcp-sa";
      const email = `service-${numberOf(projectOf(thing))}@${robot}.iam.gserviceaccount.com`;
      return { project: projectOf(thing), email, member: `serviceAccount:${email}` };
    },
    remains: () => "Google deletes no service agent",
  },

  [ACCOUNT]: withApi("iam", {
    source: source("resourcemanager", "google_service_account"),
    name: {
      input: "accountId",
      allowed: idPattern(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "6 to 30 small letters, digits and hyphens"),
      required: true,
    },
    replacesOn: ["accountId", "project"],
    id: (thing) => `projects/${projectOf(thing)}/serviceAccounts/${emailOf(thing)}`,
    outputs: (thing): Properties => ({
      project: projectOf(thing),
      email: emailOf(thing),
      member: `serviceAccount:${emailOf(thing)}`,
      name: thing.id,
      uniqueId: digits(thing.id, 21),
    }),
    handles: (thing) => [emailOf(thing), `serviceAccount:${emailOf(thing)}`],
  }),

  "gcp:projects/iAMMember:IAMMember": withApi(
    "cloudresourcemanager",
    memberRule("resourcemanager", "google_project_iam_member", ["project"], {}),
  ),

  "gcp:projects/iAMCustomRole:IAMCustomRole": withApi("iam", {
    source: source("resourcemanager", "google_project_iam_custom_role"),
    name: {
      input: "roleId",
      allowed: idPattern(/^[a-zA-Z0-9_.]{3,64}$/, "3 to 64 letters, digits, underscores and periods"),
      required: true,
    },
    replacesOn: ["roleId", "project"],
    values: {
      stage: ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"],
      permissions: idPattern(/^[a-z0-9]+(\.\w+){2}$/, 'a permission such as "container.secrets.get"'),
    },
    complaints: ({ inputs }) => {
      const { permissions } = inputs;
      return Array.isArray(permissions) && permissions.length > 0
        ? []
        : ["a role has at least one permission"];
    },
    id: (thing) => `projects/${projectOf(thing)}/roles/${thing.name}`,
    outputs: (thing) => ({ project: projectOf(thing), name: thing.id, deleted: false }),
    remains: () => "Google keeps a deleted role for 7 days, and its id stays taken for 37",
  }),

  "gcp:serviceaccount/iAMMember:IAMMember": withApi(
    "iam",
    memberRule("resourcemanager", "google_service_account_iam_member", ["serviceAccountId"], {
      serviceAccountId: { to: [ACCOUNT] },
    }),
  ),

  [POOL]: withApi("iam", {
    source: source("iambeta", "iam_beta_workload_identity_pool"),
    name: {
      input: "workloadIdentityPoolId",
      allowed: idPattern(
        /^(?!gcp-)[a-z0-9-]{4,32}$/,
        '4 to 32 small letters, digits and hyphens, not "gcp-"',
      ),
      required: true,
    },
    replacesOn: ["workloadIdentityPoolId", "project", "mode"],
    id: (thing) => `projects/${projectOf(thing)}/locations/global/workloadIdentityPools/${thing.name}`,
    outputs: (thing) => ({
      project: projectOf(thing),
      name: `projects/${numberOf(projectOf(thing))}/locations/global/workloadIdentityPools/${thing.name}`,
      state: "ACTIVE",
    }),
    remains: () => "Google keeps a deleted pool for 30 days, and its id stays taken",
  }),

  [POOL_PROVIDER]: withApi("iam", {
    source: source("iambeta", "iam_beta_workload_identity_pool_provider"),
    name: {
      input: "workloadIdentityPoolProviderId",
      allowed: idPattern(
        /^(?!gcp-)[a-z0-9-]{4,32}$/,
        '4 to 32 small letters, digits and hyphens, not "gcp-"',
      ),
      required: true,
    },
    replacesOn: ["workloadIdentityPoolId", "workloadIdentityPoolProviderId", "project"],
    refersTo: { workloadIdentityPoolId: { to: [POOL] } },
    // https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines: GitHub's issuer is everybody's.
    complaints: ({ inputs }) =>
      text(block(inputs, "oidc"), "issuerUri").includes("githubusercontent") && !inputs.attributeCondition
        ? ["an attribute condition must be defined, or every repository of GitHub could sign in"]
        : [],
    id: (thing) =>
      `projects/${projectOf(thing)}/locations/global/workloadIdentityPools/${text(thing.inputs, "workloadIdentityPoolId")}/providers/${thing.name}`,
    outputs: (thing) => ({
      project: projectOf(thing),
      name: thing.id.replace(projectOf(thing), numberOf(projectOf(thing))),
      state: "ACTIVE",
    }),
    remains: () => "Google keeps a deleted provider for 30 days, and its id stays taken",
  }),
};
