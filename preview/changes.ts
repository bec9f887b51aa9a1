import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { risksOf } from "./risk.js";
import type { PropertyChange, ResourceChange } from "./report.js";
import { shown, valueAt } from "./values.js";

type Action = ResourceChange["action"];

const actions: Readonly<Record<string, Action>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  "delete-replaced": "replace",
};

/** How many resources stay, and what happens to each of the others. */
export interface Changes {
  readonly unchanged: number;
  readonly changes: readonly ResourceChange[];
}

/** What the engine said it would do, told by resource: the three steps of a replacement are one change. */
export function changesOf(events: readonly EngineEvent[]): Changes {
  const steps = new Map<string, StepEventMetadata[]>();
  for (const { resourcePreEvent } of events) {
    const step = resourcePreEvent?.metadata;
    if (step === undefined || !isCustom(step)) continue;
    steps.set(step.urn, [...(steps.get(step.urn) ?? []), step]);
  }
  const told = [...steps.values()].map(changeOf);
  return {
    unchanged: told.filter((change) => change === undefined).length,
    changes: told.filter((change) => change !== undefined),
  };
}

/** Components and the stack itself exist in the state only. */
function isCustom({ old, new: news }: StepEventMetadata): boolean {
  return (news ?? old)?.custom === true;
}

function changeOf(steps: readonly StepEventMetadata[]): ResourceChange | undefined {
  // An alias may delete one resource and create another under the same name: that is a replacement too.
  const found = new Set(steps.map(actionOf).filter((action) => action !== undefined));
  const action = found.size > 1 ? "replace" : [...found][0];
  const step = steps.find(({ op }) => op === "replace" || op === "create-replacement") ?? steps[0];
  if (action === undefined || step === undefined) return undefined;

  const old = steps.find((other) => other.old)?.old;
  const news = steps.find((other) => other.new)?.new;
  const first = steps.find(({ op }) => op === "delete-replaced" || op === "create-replacement");
  const change: ResourceChange = {
    action,
    type: step.type,
    name: step.urn.split("::").at(-1) ?? step.urn,
    urn: step.urn,
    ...(action === "replace" && { deletedFirst: first?.op === "delete-replaced" }),
    properties: action === "update" || action === "replace" ? propertiesOf(step).slice(0, 200) : [],
    risks: [],
  };
  return { ...change, risks: risksOf({ ...change, old, new: news }) };
}

/** To the engine, what is only taken out of protection stays the same. */
function actionOf({ op, old, new: news }: StepEventMetadata): Action | undefined {
  return (
    actions[op] ?? (op === "same" && old?.protect === true && news?.protect !== true ? "update" : undefined)
  );
}

function propertiesOf(step: StepEventMetadata): PropertyChange[] {
  const { detailedDiff, diffs = [], keys = [], type, old, new: news } = step;
  const differences = detailedDiff
    ? Object.entries(detailedDiff).map(([path, { diffKind }]) => ({ path, kind: diffKind }))
    : [...new Set([...keys, ...diffs])].map((path) => ({
        path,
        kind: keys.includes(path) ? "update-replace" : "update",
      }));
  return differences.map(({ path, kind }) => ({
    path,
    replaces: kind.endsWith("-replace"),
    before: shown(type, path, valueAt(old?.inputs, path)),
    after: shown(type, path, valueAt(news?.inputs, path)),
  }));
}
