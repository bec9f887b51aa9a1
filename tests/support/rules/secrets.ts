import { type Registered, isSecret } from "../program.js";
import type { Rule } from "./workloads.js";

/** Nobody guesses a password of our making. */
export const passwordsAreStrong: Rule = (resources) =>
  resources
    .filter(({ type, inputs }) => type === "random:index/randomPassword:RandomPassword" && inputs.length < 24)
    .map(({ name, inputs }) => `${name}: ${inputs.length} characters are too few`);

/**
 * Where a secret's value can be read: in clear anywhere, or even encrypted in any object of the cluster that is not a
 * Secret, because in the cluster it is in clear.
 */
export function leaksOf(value: string, resources: readonly Registered[]): string[] {
  const forms = [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)];
  const leaks = (input: unknown, path: string, covered: boolean): string[] => {
    if (typeof input === "string")
      return !covered && forms.some((form) => input.includes(form)) ? [path] : [];
    if (typeof input !== "object" || input === null) return [];
    const inner = covered || isSecret(input);
    return Object.entries(input).flatMap(([key, child]) => [
      ...(forms.some((form) => key.includes(form)) ? [`${path}.(key)`] : []),
      ...leaks(child, `${path}.${key}`, inner),
    ]);
  };
  return resources.flatMap(({ type, name, inputs }) => {
    const visible = type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Secret";
    return visible ? leaks(strip(inputs), `${type} ${name}`, false) : leaks(inputs, `${type} ${name}`, false);
  });
}

/** The input as the cluster gets it. */
function strip(input: any): unknown {
  if (isSecret(input)) return strip(input.value);
  if (Array.isArray(input)) return input.map(strip);
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([key, child]) => [key, strip(child)]));
}
