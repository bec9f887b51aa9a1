import type { Act, Stage } from "./acts/index.js";
import type { Changed } from "./changes.js";

/** How one act went. */
export interface ActReport {
  readonly title: string;
  readonly seconds: number;
  readonly changes: readonly Changed[];
  readonly problems: readonly string[];
}

export interface StackReport {
  readonly stack: string;

  /** Number of resources when all of it is there, components not counted. */
  readonly resources: number;
  readonly acts: readonly ActReport[];
}

/** Plays an act and keeps what became of it; one that cannot even be played has that as its problem. */
export async function playAct(act: Act, stage: Stage): Promise<ActReport> {
  const { title } = act;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const { changes, problems } = await act.play(stage);
    return { title, seconds: seconds(), changes, problems };
  } catch (error) {
    return { title, seconds: seconds(), changes: [], problems: [String(error)] };
  }
}

export const hasProblems = ({ acts }: StackReport) => acts.some(isBroken);

const isBroken = ({ problems }: ActReport) => problems.length > 0;

/** Counts the promises as mocha counts tests, so that whoever adds up tests can add them. */
export function asCount(reports: readonly StackReport[]): string {
  const acts = reports.flatMap((report) => report.acts);
  const broken = acts.filter(isBroken).length;
  return `  ${acts.length - broken} passing\n${broken === 0 ? "" : `  ${broken} failing\n`}`;
}

/** For a terminal. */
export function asText(report: StackReport): string {
  const rows = report.acts.map(({ title, seconds, changes, problems }) => {
    const verdict = problems.length === 0 ? "ok  " : "FAIL";
    return [
      `${verdict} ${seconds.toFixed(1).padStart(6)} s  ${title}${counted(changes)}`,
      ...problems.map(indented),
    ];
  });
  return [headline(report), ...rows.flat(), ""].join("\n");
}

/** For a pull request. */
export function asMarkdown(report: StackReport): string {
  const rows = report.acts.map(({ title, seconds, changes, problems }) => {
    const what = problems.length === 0 ? summary(changes) : `**${problems.map(cell).join("<br>")}**`;
    return `| ${problems.length === 0 ? "✓" : "✗"} ${cell(title)} | ${seconds.toFixed(1)} | ${what} |`;
  });
  return [`### ${headline(report)}`, "", "| | seconds | changed |", "| --- | ---: | --- |", ...rows, ""].join(
    "\n",
  );
}

function headline(report: StackReport): string {
  const seconds = report.acts.reduce((sum, act) => sum + act.seconds, 0);
  const failed = report.acts.filter(isBroken).length;
  const verdict = failed === 0 ? "all is well" : `${failed} of ${report.acts.length} promises are broken`;
  // Of parts that are played side by side.
  return `Stack ${report.stack}: ${report.resources} resources, acts of ${seconds.toFixed(0)} s in all, ${verdict}`;
}

/** Short lists are told, long ones counted. */
function summary(changes: readonly Changed[]): string {
  return changes.length > 6 ? counted(changes).trim() : changes.map(cell).join("<br>");
}

function counted(changes: readonly Changed[]): string {
  const verbs = changes.map((change) => change.slice(0, change.indexOf(" ")));
  const parts = [...new Set(verbs)].map(
    (verb) => `${verb} ${verbs.filter((other) => other === verb).length}`,
  );
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

const indented = (problem: string) => `          ${problem.replaceAll("\n", "\n          ")}`;

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
