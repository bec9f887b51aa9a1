import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../../machine/layout.js";
import { type Registered, isSecret, reveal } from "../../tests/support/program.js";

const folder = join(local, "bench/plans");

/** What Terraform calls a resource, where it is not "google_<module>_<resource>" or "aws_<module>_<resource>". */
const otherNames: Readonly<Record<string, string>> = {
  "gcp:projects/service:Service": "google_project_service",
  "gcp:projects/serviceIdentity:ServiceIdentity": "google_project_service_identity",
  "gcp:projects/iAMCustomRole:IAMCustomRole": "google_project_iam_custom_role",
  "gcp:projects/iAMMember:IAMMember": "google_project_iam_member",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "google_kms_crypto_key_iam_member",
  "gcp:compute/sSLPolicy:SSLPolicy": "google_compute_ssl_policy",
  "gcp:serviceaccount/account:Account": "google_service_account",
  "gcp:serviceaccount/iAMMember:IAMMember": "google_service_account_iam_member",
  "gcp:artifactregistry/repository:Repository": "google_artifact_registry_repository",
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember":
    "google_artifact_registry_repository_iam_member",
  "gcp:servicenetworking/connection:Connection": "google_service_networking_connection",
  "gcp:secretmanager/secret:Secret": "google_secret_manager_secret",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
  // A component of several resources, which is told the same as the one that is checked.
  "eks:index:Cluster": "aws_eks_cluster",
};

/** Modules whose name Terraform leaves out. */
const bareModules = new Set(["aws:ec2"]);

/** Blocks that Terraform names in the singular although there may be several. */
const singular: Readonly<Record<string, string>> = {
  secondaryIpRanges: "secondary_ip_range",
  encryptionConfigurations: "encryption_configuration",
  allows: "allow",
  denies: "deny",
  subnetworks: "subnetwork",
  taints: "taint",
};

/** What an attribute of that name refers to: rules that look at several resources follow it. */
const references: Readonly<Record<string, string>> = {
  vpcId: "aws_vpc",
  allocationId: "aws_eip",
  network: "google_compute_network",
};

/** Maps of names that people give, which are no blocks. */
const maps = new Set([
  "labels",
  "tags",
  "resourceLabels",
  "userLabels",
  "metadata",
  "attributeMapping",
  "annotations",
]);

export interface Plan {
  readonly file: string;
  readonly resources: number;
  /** Types of resources that have no name in Terraform that we know. */
  readonly unmapped: readonly string[];
}

/** Writes the cloud resources as the plan that Terraform would print for them, which is what checkov reads. */
export async function terraformPlan(stack: string, registered: readonly Registered[]): Promise<Plan> {
  const cloud = registered.filter(({ type }) => /^(gcp|aws|eks):/.test(type));
  const addresses = new Set(cloud.map(({ type, name }) => `${terraformType(type) ?? ""}.${labelOf(name)}`));
  const unmapped = new Set(cloud.map(({ type }) => type).filter((type) => terraformType(type) === undefined));
  const resources = cloud.flatMap(({ type, name, inputs }) => {
    const known = terraformType(type);
    if (known === undefined) return [];
    const values =
      type === "eks:index:Cluster"
        ? clusterValues(inputs as Record<string, unknown>)
        : (attributes(referring(inputs as object, addresses)) as object);
    const label = labelOf(name);
    return [
      {
        address: `${known}.${label}`,
        mode: "managed",
        type: known,
        name: label,
        schema_version: 0,
        values,
        provider_name: `registry.terraform.io/hashicorp/${known.split("_")[0] ?? ""}`,
      },
    ];
  });
  const plan = {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources } },
    resource_changes: resources.map(({ values, ...resource }) => ({
      ...resource,
      change: { actions: ["create"], before: null, after: values, after_unknown: {} },
    })),
    configuration: { root_module: { resources: [] } },
  };
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${stack}.json`);
  await writeFile(file, JSON.stringify(plan, undefined, 1));
  return { file, resources: resources.length, unmapped: [...unmapped].sort() };
}

/** "gcp:container/cluster:Cluster" -> "google_container_cluster" */
export function terraformType(type: string): string | undefined {
  const other = otherNames[type];
  if (other !== undefined) return other;
  const [, cloud = "", module = "", resource = ""] =
    /^(gcp|aws):([a-z0-9]+)\/([A-Za-z0-9]+):/.exec(type) ?? [];
  if (resource === "") return undefined;
  const provider = cloud === "gcp" ? "google" : "aws";
  return [provider, ...(bareModules.has(`${cloud}:${module}`) ? [] : [module]), snake(resource)].join("_");
}

/** With the address of what an attribute refers to, where the mocks gave its id, which ends in "-id". */
function referring(inputs: object, addresses: ReadonlySet<string>): object {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]: [string, unknown]) => {
      const [, name] = /^(.*)-id$/.exec(typeof value === "string" ? value : "") ?? [];
      const address = `${references[key] ?? ""}.${labelOf(name ?? "")}`;
      return [key, addresses.has(address) ? `${address}.id` : value];
    }),
  );
}

const labelOf = (name: string) => name.replaceAll(/\W/g, "_");

/** Terraform writes a single block as a list of one. */
function attributes(input: unknown, key = ""): unknown {
  if (isSecret(input)) return attributes(reveal(input), key);
  if (Array.isArray(input)) {
    return input.map((item) => (isBlock(item) ? block(item) : attributes(item)));
  }
  if (!isBlock(input)) return input;
  return key === "" ? block(input) : maps.has(key) ? input : [block(input)];
}

function block(input: object): object {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [singular[key] ?? snake(key), attributes(value, key)]),
  );
}

function isBlock(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");
}

/** What the component passes on to the cluster that it makes, in Terraform's words. */
function clusterValues(inputs: Readonly<Record<string, unknown>>): object {
  return {
    name: inputs.name,
    version: inputs.version,
    deletion_protection: inputs.deletionProtection,
    enabled_cluster_log_types: inputs.enabledClusterLogTypes,
    access_config: [{ authentication_mode: inputs.authenticationMode }],
    encryption_config: [{ provider: [{ key_arn: inputs.encryptionConfigKeyArn }], resources: ["secrets"] }],
    vpc_config: [
      {
        endpoint_private_access: inputs.endpointPrivateAccess,
        endpoint_public_access: inputs.endpointPublicAccess,
        public_access_cidrs: inputs.publicAccessCidrs,
      },
    ],
    tags: inputs.tags,
  };
}
