import type { Step } from "./events.js";

/** What became of a resource: such as "update Deployment journal-frontend". */
export type Changed = string;

const REPLACED = ["replace", "create-replacement", "delete-replaced", "discard-replaced", "read-replacement"];

/** Each resource that changed, once: the steps of a replacement are one change, and components are nothing to change. */
export function changesOf(steps: readonly Step[]): Changed[] {
  return [...new Set(steps.filter(isReal).map(changeOf))].sort();
}

function changeOf({ op, type, name }: Step): Changed {
  return `${REPLACED.includes(op) ? "replace" : op} ${kindOf(type)} ${name}`;
}

const isReal = ({ type }: Step) =>
  !type.startsWith("slipway:") && !/^(eks:index:|pulumi:pulumi:|pulumi:providers:pulumi$)/.test(type);

/** The last word of a type. */
const kindOf = (type: string) => type.slice(type.lastIndexOf(":") + 1);

/** In what the changes are not those that were expected, with what differs in a resource that should have stayed. */
export function unexpected(steps: readonly Step[], expected: readonly Changed[]): string[] {
  const got = changesOf(steps);
  const diffsOf = (change: Changed) => [
    ...new Set(steps.filter((step) => changeOf(step) === change).flatMap(({ diffs }) => diffs)),
  ];
  return [
    ...got
      .filter((change) => !expected.includes(change))
      .map((change) => [`unexpected: ${change}`, ...diffsOf(change)].join(" ")),
    ...expected.filter((change) => !got.includes(change)).map((change) => `missing: ${change}`),
  ];
}
