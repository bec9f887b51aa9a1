import { isRpcSecret, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import {
  containsSecret,
  isMap,
  present,
  reveal,
  secret,
  type Properties,
} from "../../engine/random-provider/wire.js";
import { checkInputs, madeUpName } from "./checks.js";
import { declarationOf, sdkVersion, type Declaration } from "./declarations.js";
import { differences, valuesAt } from "./differences.js";
import type { Faults } from "./faults.js";
import type { Before, Change, Failure, Subject, WireProvider } from "./protocol.js";
import type { Quotas } from "./quotas.js";
import type { Cloud, Invokes, Rule, Rules, Thing } from "./rule.js";
import type { Existing } from "./store.js";

export interface SimulationArgs {
  /** Name of the package, such as "gcp". */
  readonly name: string;
  readonly rules: Rules;
  readonly invokes: Invokes;
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly quotas: Quotas;
}

/** Inputs that a cloud fills in when they are not given. */
const OFTEN_COMPUTED = ["project", "region", "location", "address", "tagsAll"];

/** A cloud's provider without the cloud: it treats resources as the SDK declares them and a table of rules says. */
export class SimulatedProvider implements WireProvider {
  readonly version: string;
  private readonly args: SimulationArgs;

  constructor(args: SimulationArgs) {
    this.args = args;
    this.version = sdkVersion(args.name);
  }

  check(
    subject: Subject,
    olds: Properties,
    news: Properties,
    seed: Uint8Array,
  ): ReturnType<WireProvider["check"]> {
    const { rule, declaration } = this.typeOf(subject.token);
    const inputs = present(news);
    const input = rule.name?.input;
    if (input !== undefined && inputs[input] === undefined && rule.name?.required !== true) {
      inputs[input] = olds[input] ?? madeUpName(subject.name, seed);
    }
    const failures: Failure[] = checkInputs(rule, declaration, inputs);
    return Promise.resolve({ inputs, failures });
  }

  diff({ token }: Subject, _id: string, before: Before, news: Properties): Promise<readonly Change[]> {
    return Promise.resolve(differences(before.inputs, news, this.typeOf(token).rule.replacesOn));
  }

  async create(subject: Subject, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const { rule } = this.typeOf(subject.token);
    await this.args.faults.happen(subject.token, "create");
    const thing = this.thingOf(subject, inputs);
    this.refuseTaken(thing, rule);
    const outputs = await this.apply(thing, inputs, undefined);
    return { id: thing.id, outputs };
  }

  async update(subject: Subject, id: string, _before: Before, news: Properties): Promise<Properties> {
    await this.args.faults.happen(subject.token, "update");
    const existing = this.args.cloud.store.find(subject.token, id);
    if (!existing) throw new Error(`Error 404: ${subject.token} "${id}" was not found`);
    return await this.apply({ ...this.thingOf(subject, news), id }, news, existing);
  }

  foresee({ token }: Subject, inputs: Properties, before: Before | undefined): Properties {
    const { rule, declaration } = this.typeOf(token);
    const unknown = before ? (rule.renews ?? []) : [...declaration.computed, ...OFTEN_COMPUTED];
    const absent = unknown.filter((property) => inputs[property] === undefined);
    return {
      ...before?.outputs,
      ...inputs,
      ...Object.fromEntries(absent.map((property) => [property, unknownValue])),
    };
  }

  read({ token }: Subject, id: string, before: Before): ReturnType<WireProvider["read"]> {
    const existing = this.args.cloud.store.find(token, id);
    if (!existing) return Promise.resolve(undefined);
    // What the state knows to be secret stays so; an import has no state, and gets what the SDK says is secret.
    const { secrets } = this.typeOf(token).declaration;
    const mark = (properties: Properties, known: Properties) =>
      Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [
          key,
          secrets.has(key) || containsSecret(known[key]) ? secret(value) : value,
        ]),
      );
    return Promise.resolve({
      inputs: mark(existing.inputs, before.inputs),
      outputs: mark(existing.outputs, before.outputs),
    });
  }

  async delete({ token }: Subject, id: string): Promise<void> {
    const { rule } = this.typeOf(token);
    await this.args.faults.happen(token, "delete");
    const { cloud } = this.args;
    const existing = cloud.store.find(token, id);
    if (!existing) return;
    for (const [path, absent] of Object.entries(rule.protectedBy ?? {})) {
      const [value = absent] = valuesAt(existing.inputs, path);
      if (value === true) throw new Error(`cannot destroy ${token} "${id}": ${path} is true`);
    }
    const holders = cloud.store.holdersOf(existing).map((holder) => `${holder.token} "${holder.id}"`);
    if (holders.length > 0)
      throw new Error(`Error 400: "${id}" is already being used by ${holders.join(", ")}`);
    await rule.deleted?.(existing, cloud);
    const remains = rule.remains?.(existing.inputs);
    if (remains === undefined) cloud.store.remove(existing);
    else cloud.store.put({ ...existing, remains });
  }

  invoke(token: string, args: Properties, config: Properties): Promise<Properties> {
    const { name, invokes, cloud } = this.args;
    const answer = invokes[token];
    if (!answer) {
      return Promise.reject(
        new Error(`function ${token} is not simulated: add it to rehearsal/cloud/${name}`),
      );
    }
    return Promise.resolve(answer(reveal(args) as Properties, reveal(config) as Properties, cloud));
  }

  private typeOf(token: string): { rule: Rule; declaration: Declaration } {
    const rule = this.args.rules[token];
    if (!rule) throw new Error(`${token} is not simulated: add it to rehearsal/cloud/${this.args.name}`);
    const declaration = declarationOf(token);
    if (!declaration) throw new Error(`${token} is no type of @pulumi/${this.args.name}`);
    return { rule, declaration };
  }

  private thingOf({ token, config }: Subject, inputs: Properties): Thing {
    const { rule } = this.typeOf(token);
    const plain = reveal(inputs) as Properties;
    const { name } = rule;
    const draft = {
      token,
      name: name === undefined ? "" : String(plain[name.input]),
      id: "",
      inputs: plain,
      config: reveal(config) as Properties,
      cloud: this.args.cloud,
    };
    return { ...draft, id: rule.id(draft) };
  }

  private refuseTaken(thing: Thing, rule: Rule): void {
    const { token, id, cloud } = thing;
    const existing = cloud.store.find(token, id);
    if (!existing || rule.adopts?.(thing.inputs) === true) return;
    throw new Error(
      `Error 409: ${token} "${id}" already exists${existing.remains ? `: ${existing.remains}` : ""}`,
    );
  }

  /** Makes or changes it, and gives its outputs: what was secret in the inputs still is. */
  private async apply(thing: Thing, inputs: Properties, before: Existing | undefined): Promise<Properties> {
    const { rule, declaration } = this.typeOf(thing.token);
    const complaints = rule.complaints?.(thing) ?? [];
    if (complaints.length > 0)
      throw new Error(`Error 400: ${thing.token} "${thing.id}": ${complaints.join("; ")}`);
    const holds = this.referencesOf(thing, rule);
    const takes = rule.takes?.(thing) ?? [];
    const [refusal] = this.args.quotas.refusals(this.args.cloud.store, thing, takes);
    if (refusal !== undefined) throw new Error(refusal);
    const made = present(rule.outputs?.(thing, before) ?? {});
    const outputs = merged(thing.inputs, made) as Properties;
    const named = [thing.id, thing.name, outputs.selfLink, outputs.arn, ...(rule.handles?.(thing) ?? [])];
    const handles = named.filter((handle): handle is string => typeof handle === "string" && handle !== "");
    this.args.cloud.store.put({
      token: thing.token,
      id: thing.id,
      inputs: thing.inputs,
      outputs,
      handles,
      holds,
      takes,
    });
    await rule.applied?.(thing, before);
    const answer = merged(inputs, made) as Properties;
    return Object.fromEntries(
      Object.entries(answer).map(([key, value]) => [
        key,
        declaration.secrets.has(key) ? secret(value) : value,
      ]),
    );
  }

  /** Ids of what it refers to; a reference to nothing is refused. */
  private referencesOf({ token, id, inputs, cloud }: Thing, rule: Rule): string[] {
    return Object.entries(rule.refersTo ?? {}).flatMap(([path, { to, holds = true, except }]) =>
      valuesAt(inputs, path).flatMap((handle) => {
        if (typeof handle !== "string" || except?.test(handle) === true) return [];
        const found = to.map((type) => cloud.store.named(type, handle)).find(Boolean);
        if (!found) throw new Error(`Error 404: ${token} "${id}": ${path} "${handle}" was not found`);
        return holds && found.id !== id ? [found.id] : [];
      }),
    );
  }
}

/** The inputs with what the cloud adds, block by block. */
function merged(inputs: unknown, made: unknown): unknown {
  if (isRpcSecret(inputs)) return secret(merged(reveal(inputs), made));
  if (!isMap(inputs) || !isMap(made)) return made ?? inputs;
  const added = Object.entries(made).map(([key, value]) => [key, merged(inputs[key], value)]);
  return { ...inputs, ...(Object.fromEntries(added) as Properties) };
}
