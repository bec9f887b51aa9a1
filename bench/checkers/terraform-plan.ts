import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../../shell/paths.js";
import { type Registered, isSecret, reveal } from "../../tests/support/program.js";
import { terraformTypes } from "./terraform-types.js";

const folder = join(local, "bench/plans");

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

/** Writes the plan where checkov reads it. */
export async function terraformPlan(stack: string, registered: readonly Registered[]): Promise<Plan> {
  const { plan, unmapped } = planOf(registered);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${stack}.json`);
  await writeFile(file, JSON.stringify(plan, undefined, 1));
  return { file, resources: plan.resource_changes.length, unmapped };
}

/** The cloud resources as the plan that Terraform would print for them, and the types that are not in it. */
export function planOf(registered: readonly Pick<Registered, "type" | "name" | "inputs">[]) {
  const cloud = registered.filter(({ type }) => /^(gcp|aws|eks):/.test(type));
  const mapped = cloud.flatMap((one) => {
    const known = terraformTypes[one.type];
    return known === undefined ? [] : [{ ...one, known, label: labelOf(one.name) }];
  });
  const addresses = new Set(mapped.map(({ known, label }) => `${known}.${label}`));
  const unmapped = new Set(cloud.map(({ type }) => type).filter((type) => !(type in terraformTypes)));
  const resources = mapped.map(({ type, inputs, known, label }) => ({
    address: `${known}.${label}`,
    mode: "managed",
    type: known,
    name: label,
    schema_version: 0,
    values:
      type === "eks:index:Cluster"
        ? clusterValues(inputs as Record<string, unknown>)
        : (attributes(referring(inputs as object, addresses)) as object),
    provider_name: `registry.terraform.io/hashicorp/${known.split("_")[0] ?? ""}`,
  }));
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
  return { plan, unmapped: [...unmapped].sort() };
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
