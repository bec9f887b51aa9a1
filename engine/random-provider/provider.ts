import { isDeepStrictEqual } from "node:util";
import type {
  CheckFailure,
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  ReadResult,
} from "@pulumi/pulumi/provider/provider.js";
import { randomId } from "./random-id.js";
import { randomInteger } from "./random-integer.js";
import { randomPassword } from "./random-password.js";
import { randomString } from "./random-string.js";
import type { AnyRandomResource } from "./resource.js";
import { checkAgainst, withDefaults, type Problem } from "./schema.js";
import { VERSION } from "./version.js";
import { containsSecret, isMap, isUnknown, mapValues, present, secret, type Properties } from "./wire.js";

const resources = new Map(
  [randomId, randomInteger, randomPassword, randomString].map((resource) => [resource.token, resource]),
);

/* eslint-disable @typescript-eslint/require-await -- the interface asks for promises; async makes a throw one too */
/**
 * Stands in for Pulumi's `random` plugin where that cannot be downloaded. It makes the resources that this
 * repository uses, and refuses the others.
 *
 * Nothing exists outside the state, so deleting does nothing, and any change makes a new resource.
 */
export const randomProvider = {
  version: VERSION,

  async check(urn: string, _olds: Properties, news: Properties): Promise<CheckResult> {
    const resource = resources.get(tokenOf(urn));
    return { inputs: news, failures: resource ? checkInputs(resource, news) : [unsupported(urn)] };
  },

  async diff(_id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const resource = resourceOf(urn);
    const before = completed(resource, olds);
    const after = completed(resource, news);
    const replaces = Object.keys(resource.schema).filter(
      (input) => !isDeepStrictEqual(unlessEmpty(before[input]), unlessEmpty(after[input])),
    );
    return { changes: replaces.length > 0, replaces };
  },

  async create(urn: string, inputs: Properties): Promise<CreateResult> {
    const resource = resourceOf(urn);
    const args = completed(resource, inputs);
    const { id, outputs } = await resource.create(args);
    const derived = derivesFromSecret(inputs) ? mapValues(outputs, secret) : outputs;
    return { id, outs: withSecrets(resource, { ...args, ...present(inputs), ...derived }) };
  },

  /** Refreshes, and answers `RandomString.get` with a state: what the state says is all there is. */
  async read(id: string, urn: string, state: Properties): Promise<ReadResult> {
    const resource = resourceOf(urn);
    if (Object.keys(present(state)).length === 0) {
      throw new Error(
        `cannot import ${resource.token} "${id}": this provider reads only what is in the state`,
      );
    }
    return { id, props: withSecrets(resource, state) };
  },

  async delete(): Promise<void> {},
} satisfies Provider;
/* eslint-enable @typescript-eslint/require-await */

function tokenOf(urn: string): string {
  const typePath = urn.split("::")[2] ?? "";
  return typePath.slice(typePath.lastIndexOf("$") + 1);
}

function resourceOf(urn: string): AnyRandomResource {
  const resource = resources.get(tokenOf(urn));
  if (!resource) throw new Error(unsupported(urn).reason);
  return resource;
}

function unsupported(urn: string): CheckFailure {
  const supported = [...resources.keys()].join(", ");
  return { property: "", reason: `expected one of the types ${supported}, got "${tokenOf(urn)}"` };
}

/** Every problem at once: those of single inputs, then those of the sound inputs together. */
function checkInputs(resource: AnyRandomResource, inputs: Properties): CheckFailure[] {
  const problems = checkAgainst(resource.schema, inputs);
  const wrong = new Set(problems.map(({ property }) => property));
  const sound = Object.entries(completed(resource, inputs)).filter(
    ([name, value]) => !wrong.has(name) && !isUnknown(value),
  );
  return [...problems, ...resource.check(Object.fromEntries(sound))].map((problem) =>
    failure(problem, inputs),
  );
}

function failure({ property, reason, got }: Problem, inputs: Properties): CheckFailure {
  const [input = property] = property.split(".");
  return { property, reason: `${reason}, got ${containsSecret(inputs[input]) ? "[secret]" : got}` };
}

function completed(resource: AnyRandomResource, inputs: Properties): Properties {
  const args = withDefaults(resource.schema, inputs);
  return resource.complete?.(args) ?? args;
}

/** An empty string or map asks for the same as none, so going from one to the other changes nothing. */
function unlessEmpty(value: unknown): unknown {
  return value === "" || (isMap(value) && Object.keys(value).length === 0) ? undefined : value;
}

/** Keepers decide when a value is made anew, not what it is. */
function derivesFromSecret(inputs: Properties): boolean {
  return Object.entries(inputs).some(([name, value]) => name !== "keepers" && containsSecret(value));
}

function withSecrets(resource: AnyRandomResource, properties: Properties): Properties {
  const secrets = resource.secretOutputs.filter((output) => Object.hasOwn(properties, output));
  return {
    ...properties,
    ...Object.fromEntries(secrets.map((output) => [output, secret(properties[output])])),
  };
}
