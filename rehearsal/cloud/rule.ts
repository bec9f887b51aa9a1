import { createHash } from "node:crypto";
import type { Properties } from "../../engine/random-provider/wire.js";
import type { KubernetesCluster } from "../cluster/kubernetes-cluster.js";
import type { Taken } from "./quotas.js";
import type { Existing, Store } from "./store.js";

/** A thing that a cloud is asked to make, or that it has made; its values are plain, and none is unknown. */
export interface Thing {
  readonly token: string;

  /** Its name in the cloud, from the input that the rule names; "" for a thing without a name. */
  readonly name: string;

  /** "" until the rule has made it up. */
  readonly id: string;
  readonly inputs: Properties;

  /** The configuration of the provider that it goes through. */
  readonly config: Properties;
  readonly cloud: Cloud;
}

/** What the rules may ask about the rest of the cloud. */
export interface Cloud {
  readonly store: Store;

  /** The Kubernetes that stands behind this cloud's cluster, if this rehearsal has one. */
  readonly cluster: KubernetesCluster | undefined;
}

/** What a value must be: one of a list, or of a form that is described. */
export type Allowed =
  readonly (string | number | boolean)[] | { readonly form: RegExp; readonly says: string };

export interface Reference {
  /** Types of which one must have something of that id, link, ARN or name. */
  readonly to: readonly string[];

  /**
   * Whether the cloud refuses to delete what is referred to.
   *
   * @default true
   */
  readonly holds?: boolean;

  /** Values that name something which was there before, such as what the cloud itself maintains. */
  readonly except?: RegExp;
}

/** How a cloud treats one type of resource. What the SDK declares already, its inputs and outputs, is not repeated. */
export interface Rule {
  /** Where it is written what this row says. */
  readonly source: string;

  /** The input that is its name in the cloud; one that is not given is made up, as Pulumi's providers do. */
  readonly name?: { readonly input: string; readonly allowed: Allowed; readonly required?: true };

  /** Paths of the inputs whose change makes a new resource. */
  readonly replacesOn: readonly string[];

  /** What values must be, by their path. */
  readonly values?: Readonly<Record<string, Allowed>>;

  /** Which inputs name another thing, by their path. */
  readonly refersTo?: Readonly<Record<string, Reference>>;

  /** Paths of the inputs that make the cloud refuse a deletion, with what the provider takes for an absent one. */
  readonly protectedBy?: Readonly<Record<string, boolean>>;

  /** Whether one that is there already is taken over instead of being refused. */
  adopts?(inputs: Properties): boolean;

  /** What it takes of the cloud's quotas, for as long as it exists. */
  takes?(thing: Thing): readonly Taken[];

  /** What a cloud finds wrong with the inputs as a whole, or beside what exists. */
  complaints?(thing: Thing): readonly string[];

  id(thing: Thing): string;

  /** What the cloud adds to the inputs: the same for the same thing at any time, but for what is renewed. */
  outputs?(thing: Thing, before: Existing | undefined): Properties;

  /** Outputs that every change makes anew, so that a preview does not know them. */
  readonly renews?: readonly string[];

  /** Other names by which things of this type are referred to; its id, name, selfLink and ARN are always. */
  handles?(thing: Thing): readonly string[];

  /** Why it, or its name, stays in the cloud after its deletion; undefined if it goes. */
  remains?(inputs: Properties): string | undefined;

  /** What happens in the cluster when it is made or changed, and before it is deleted. */
  applied?(thing: Thing, before: Existing | undefined): Promise<void>;
  deleted?(thing: Existing, cloud: Cloud): Promise<void>;
}

export type Rules = Readonly<Record<string, Rule>>;

/** What functions of a provider answer, by their token. */
export type Invokes = Readonly<
  Record<string, (args: Properties, config: Properties, cloud: Cloud) => Properties>
>;

/** Digits that are the same for the same text, for what a cloud makes up. */
export function digits(text: string, count: number): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return (BigInt(`0x${hash}`) % 10n ** BigInt(count)).toString().padStart(count, "0");
}

/** Hexadecimal digits that are the same for the same text. */
export const hex = (text: string, count: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, count);

/** The input as text; "" if it is absent. */
export function text(inputs: Properties, key: string): string {
  const value = inputs[key];
  return typeof value === "string" ? value : "";
}

/** The input as a block; an empty one if it is absent. */
export const block = (inputs: Properties, key: string): Properties => (inputs[key] ?? {}) as Properties;
