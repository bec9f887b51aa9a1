import type { Args, Problem, Schema } from "./schema.js";
import type { Properties } from "./wire.js";

/** What a resource makes: its id and the outputs beside its inputs. */
export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

/** One type of random resource. */
export interface RandomResource<S extends Schema> {
  /** Pulumi's type token, that of the real provider. */
  readonly token: string;
  readonly schema: S;

  /** Outputs that are always secret. */
  readonly secretOutputs: readonly string[];

  /** Fills in the defaults that depend on other inputs. */
  complete?(args: Partial<Args<S>>): Partial<Args<S>>;

  /** Rules across inputs. An input that is wrong in itself, or not known yet, is missing here. */
  check(args: Partial<Args<S>>): Problem[];

  create(args: Args<S>): Created | Promise<Created>;
}

/** A resource as the provider sees it, whose args are no more than properties that passed the check. */
export interface AnyRandomResource {
  readonly token: string;
  readonly schema: Schema;
  readonly secretOutputs: readonly string[];
  complete?(args: Properties): Properties;
  check(args: Properties): Problem[];
  create(args: Properties): Created | Promise<Created>;
}

/** Lets the compiler check a resource against its own schema. */
export function defineResource<const S extends Schema>(resource: RandomResource<S>): AnyRandomResource {
  return resource;
}
