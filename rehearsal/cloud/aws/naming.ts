import { randomBytes } from "node:crypto";
import { isMap, type Properties } from "../../../engine/random-provider/wire.js";
import type { Reference, Rule, Thing } from "../rule.js";
import { text } from "../rule.js";

/** The provider's own text on each resource, where also what forces a new one is written. */
export const source = (service: string, file: string) =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/${service}/${file}.go`;

/** A name as AWS makes them up, such as "vpc-0123456789abcdef0": nothing else ever has it. */
export const madeUpId = (kind: string) => `${kind}-0${randomBytes(8).toString("hex")}`;

type InAccount = Pick<Thing, "inputs" | "config">;

export const regionOf = ({ inputs, config }: InAccount) => text(inputs, "region") || text(config, "region");

/** Blocks of a provider's configuration come as text. */
function blockOf(config: Properties, key: string): unknown {
  const value = config[key];
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}

/** The account that the provider is held to; whoever signs in is taken to belong to it. */
export function accountOf({ config }: Pick<Thing, "config">): string {
  const [account] = (blockOf(config, "allowedAccountIds") ?? []) as string[];
  return account ?? "000000000000";
}

export const arnOf = (thing: InAccount, service: string, resource: string) =>
  `arn:aws:${service}:${regionOf(thing)}:${accountOf(thing)}:${resource}`;

/** Identities belong to no region. */
export const iamArnOf = (thing: InAccount, resource: string) =>
  `arn:aws:iam::${accountOf(thing)}:${resource}`;

/** The tags that the provider adds, and the region, which every resource of a region has. */
export function common({ inputs, config }: InAccount): Properties {
  const defaults = blockOf(config, "defaultTags");
  const tags = isMap(defaults) ? defaults.tags : undefined;
  const region = regionOf({ inputs, config });
  return {
    region,
    tagsAll: { ...(tags as Properties | undefined), ...(inputs.tags as Properties | undefined) },
  };
}

/** A rule whose id is made up by AWS, with an ARN of the kind. */
export function madeUp(kind: string, resource: string, rule: Omit<Rule, "id">): Rule {
  return {
    ...rule,
    id: () => madeUpId(kind),
    outputs: (thing, before) => ({
      ...common(thing),
      arn: arnOf(thing, "ec2", `${resource}/${thing.id}`),
      ownerId: accountOf(thing),
      ...rule.outputs?.(thing, before),
    }),
  };
}

/** A reference that is only a name for AWS: what is named may go. */
export const loosely = (...to: string[]): Reference => ({ to, holds: false });
export const firmly = (...to: string[]): Reference => ({ to });
