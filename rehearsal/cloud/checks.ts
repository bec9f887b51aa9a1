import { randomBytes } from "node:crypto";
import {
  containsSecret,
  isMap,
  isUnknown,
  reveal,
  type Properties,
} from "../../engine/random-provider/wire.js";
import type { Declaration } from "./declarations.js";
import { valuesAt } from "./differences.js";
import type { Failure } from "./protocol.js";
import type { Allowed, Rule } from "./rule.js";

/** The resource's own name with seven digits behind it, as Pulumi's providers make one up. */
export function madeUpName(name: string, seed: Uint8Array): string {
  const bytes = seed.length > 0 ? Buffer.from(seed) : randomBytes(4);
  return `${name}-${bytes.toString("hex").slice(0, 7)}`;
}

/** Everything that can be known to be wrong with the inputs before the cloud is asked; unknown values pass. */
export function checkInputs(rule: Rule, declaration: Declaration, inputs: Properties): Failure[] {
  const plain = reveal(inputs) as Properties;
  const unknown = Object.keys(plain)
    .filter((property) => !declaration.inputs.has(property))
    .map((property) => ({ property, reason: `expected an input of the type, got "${property}"` }));
  const missing = declaration.required
    .filter((property) => plain[property] === undefined)
    .map((property) => ({ property, reason: "expected a value, got none" }));
  const values = { ...rule.values, ...(rule.name && { [rule.name.input]: rule.name.allowed }) };
  const wrong = Object.entries(values).flatMap(([path, allowed]) => {
    const isSecret = containsSecret(inputs[path.split(".")[0] ?? ""]);
    return valuesAt(plain, path)
      .filter((value) => !isUnknown(value) && !isAllowed(value, allowed))
      .map((value) => ({
        property: path,
        reason: `expected ${described(allowed)}, got ${isSecret ? "[secret]" : shown(value)}`,
      }));
  });
  return [...unknown, ...missing, ...wrong];
}

function isAllowed(value: unknown, allowed: Allowed): boolean {
  if (!("form" in allowed)) return allowed.some((one) => one === value);
  return typeof value === "string" && allowed.form.test(value);
}

const described = (allowed: Allowed) => ("form" in allowed ? allowed.says : `one of ${allowed.join(", ")}`);

const shown = (value: unknown) => (isMap(value) ? "a block" : JSON.stringify(value));
