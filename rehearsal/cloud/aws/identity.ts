import { hex, text, type Rules, type Thing } from "../rule.js";
import { common, firmly, iamArnOf, source } from "./naming.js";

export const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; white space does not count.
const INLINE_LIMIT = 10_240;
const TRUST_LIMIT = 2_048;
const ATTACHED_LIMIT = 10;

const json = { form: /^\s*\{[^]*\}\s*$/, says: "a policy in JSON" };
const sizeOf = (policy: string) => policy.replace(/\s/g, "").length;

const ofRole = ({ inputs, token, id, cloud }: Thing) =>
  cloud.store
    .all()
    .filter((other) => other.token === token && other.id !== id && other.inputs.role === inputs.role);

/** A role's trust names providers and roles that exist. */
function trustComplaints(thing: Thing): string[] {
  const policy = text(thing.inputs, "assumeRolePolicy");
  const { Statement = [] } = JSON.parse(policy) as {
    Statement?: { Principal?: Record<string, string | string[]> }[];
  };
  const named = Statement.flatMap(({ Principal = {} }) => [Principal.Federated ?? []].flat());
  const missing = named.filter((arn) => !thing.cloud.store.named(OIDC, arn));
  return [
    ...missing.map((arn) => `MalformedPolicyDocument: invalid principal ${arn}`),
    ...(sizeOf(policy) > TRUST_LIMIT
      ? [`the trust has ${sizeOf(policy)} characters, ${TRUST_LIMIT} at most`]
      : []),
  ];
}

export const identityRules: Rules = {
  [ROLE]: {
    source: source("iam", "role"),
    name: { input: "name", allowed: { form: /^[\w+=,.@-]{1,64}$/, says: "64 characters at most" } },
    replacesOn: ["name", "namePrefix", "path"],
    values: { assumeRolePolicy: json },
    complaints: trustComplaints,
    id: ({ name }) => name,
    outputs: (thing) => ({
      ...common(thing),
      region: undefined,
      arn: iamArnOf(thing, `role/${thing.name}`),
      uniqueId: `AROA${hex(thing.name, 17).toUpperCase()}`,
    }),
  },

  [ROLE_POLICY]: {
    source: source("iam", "role_policy"),
    name: { input: "name", allowed: { form: /^[\w+=,.@-]{1,128}$/, says: "128 characters at most" } },
    replacesOn: ["name", "namePrefix", "role"],
    values: { policy: json },
    refersTo: { role: firmly(ROLE) },
    complaints: (thing) => {
      const policies = [thing, ...ofRole(thing)].map(({ inputs }) => sizeOf(text(inputs, "policy")));
      const all = policies.reduce((sum, size) => sum + size, 0);
      return all > INLINE_LIMIT
        ? [`the role's policies have ${all} characters, ${INLINE_LIMIT} at most`]
        : [];
    },
    id: ({ inputs, name }) => `${text(inputs, "role")}:${name}`,
  },

  [ATTACHMENT]: {
    source: source("iam", "role_policy_attachment"),
    replacesOn: ["role", "policyArn"],
    values: { policyArn: { form: /^arn:aws:iam::(aws|\d{12}):policy\/.+$/, says: "the ARN of a policy" } },
    refersTo: { role: firmly(ROLE) },
    complaints: (thing) =>
      ofRole(thing).length >= ATTACHED_LIMIT
        ? [`a role has ${ATTACHED_LIMIT} attached policies at most`]
        : [],
    id: ({ inputs }) => `${text(inputs, "role")}/${text(inputs, "policyArn")}`,
  },

  [OIDC]: {
    source: source("iam", "openid_connect_provider"),
    replacesOn: ["url"],
    values: { url: { form: /^https:\/\/[^?#]+$/, says: "a URL" } },
    id: (thing) => iamArnOf(thing, `oidc-provider/${text(thing.inputs, "url").replace("https://", "")}`),
    outputs: (thing) => ({
      ...common(thing),
      region: undefined,
      arn: thing.id,
      thumbprintLists: thing.inputs.thumbprintLists ?? [],
    }),
  },
};
