import { actions, type ResourceChange, type StackReport } from "./report.js";
import { risks } from "./risk.js";

/** How a form of output writes what comes from the program or from a stranger. */
export type Quote = (text: string) => string;

const mostProperties = 8;

export const done: Readonly<Record<ResourceChange["action"], string>> = {
  replace: "REPLACED",
  delete: "deleted",
  update: "changed",
  create: "created",
};

/** A piece of the output whose lines may have to be left out, from the last one up. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What could lose data or stop service, data first. */
export function riskSection(reports: readonly StackReport[], quote: Quote): Section {
  const order = ["data", "service", "protection"];
  const found = reports.flatMap(({ stack, changes }) =>
    changes.flatMap((change) =>
      change.risks.map((name) => {
        const rule = risks[name];
        const what = rule?.what ?? "service";
        const reason = rule?.reason ?? `a risk that this version does not know, ${quote(name)}`;
        const resource = `${quote(short(change.type))} ${quote(change.name)}`;
        const gap = change.deletedFirst === true ? ", deleted before there is another" : "";
        const line = `${stack}: ${resource} is ${done[change.action]}${gap}: ${reason}${causes(change, quote)}`;
        return { line: `- [${what}] ${line}`, rank: order.indexOf(what) };
      }),
    ),
  );
  const lines = found.sort((a, b) => a.rank - b.rank).map(({ line }) => line);
  return { title: `${lines.length} that could lose data or stop service`, lines };
}

/** A stack's changes of each kind, the most important kind first; kinds that do not occur are left out. */
export function changeSections({ changes }: StackReport, quote: Quote): Section[] {
  return actions.flatMap((action) => {
    const chosen = changes.filter((change) => change.action === action);
    if (chosen.length === 0) return [];
    return [
      { title: `${chosen.length} ${done[action]}`, lines: chosen.map((change) => lineOf(change, quote)) },
    ];
  });
}

/** One line a stack: what happens to how many. */
export function countsOf({
  changes,
  unchanged,
}: StackReport): Record<ResourceChange["action"] | "same", number> {
  const count = (action: ResourceChange["action"]) =>
    changes.filter((change) => change.action === action).length;
  const [replace, remove, update, create] = [
    count("replace"),
    count("delete"),
    count("update"),
    count("create"),
  ];
  return { replace, delete: remove, update, create, same: unchanged };
}

function lineOf({ type, name, properties }: ResourceChange, quote: Quote): string {
  const told = properties.slice(0, mostProperties).map(({ path, before, after, replaces }) => {
    const values = before === undefined && after === undefined ? "" : `: ${value(before)} → ${value(after)}`;
    return `\n  - ${quote(path)}${values}${replaces ? ", which replaces it" : ""}`;
  });
  const more = properties.length - told.length;
  const rest = more > 0 ? `\n  - and ${more} more` : "";
  return `- ${quote(short(type))} ${quote(name)}${told.join("")}${rest}`;

  function value(text: string | undefined): string {
    return text === undefined ? "none" : quote(text);
  }
}

function causes({ properties }: ResourceChange, quote: Quote): string {
  const paths = properties.filter(({ replaces }) => replaces).map(({ path }) => quote(path));
  return paths.length === 0 ? "" : ` (because of ${paths.slice(0, 3).join(", ")})`;
}

/** `gcp:container/cluster:Cluster` says the same word twice; `kubernetes:apps/v1:Deployment` does not. */
function short(type: string): string {
  return type.replace(
    /^(\w+):(\w+)\/(\w+):(\w+)$/,
    (whole, pack: string, module: string, file: string, name: string) =>
      file.toLowerCase() === name.toLowerCase() ? `${pack}:${module}:${name}` : whole,
  );
}
