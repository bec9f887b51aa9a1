import type { Step } from "./events.js";

/** What became of a resource: such as "update Deployment journal-frontend". */
export type Changed = string;

const REPLACED = ["replace", "create-replacement", "delete-replaced", "discard-replaced", "read-replacement"];

/** Each resource that changed, once: the steps of a replacement are one change, and components are nothing to change. */
export function changesOf(steps: readonly Step[]): Changed[] {
  const changes = steps
    .filter(isReal)
    .map(({ op, type, name }) => `${REPLACED.includes(op) ? "replace" : op} ${kindOf(type)} ${name}`);
  return [...new Set(changes)].sort();
}

const isReal = ({ type }: Step) => !type.startsWith("slipway:") && !/^(eks:index|pulumi:pulumi):/.test(type);

/** The last word of a type. */
const kindOf = (type: string) => type.slice(type.lastIndexOf(":") + 1);

/** In what the changes are not those that were expected. */
export function unexpected(got: readonly Changed[], expected: readonly Changed[]): string[] {
  return [
    ...got.filter((change) => !expected.includes(change)).map((change) => `unexpected: ${change}`),
    ...expected.filter((change) => !got.includes(change)).map((change) => `missing: ${change}`),
  ];
}
