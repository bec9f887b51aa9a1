import { Argument, Command } from "commander";
import { writeFileSync } from "node:fs";
import { withLock } from "../machine/lock.js";
import { tellingErrors } from "../machine/shell.js";
import { buildTools, toolsAreBuilt } from "../machine/tools.js";
import { actsOf, Stage } from "./acts/index.js";
import { Rehearsal } from "./rehearsal.js";
import {
  asCount,
  asMarkdown,
  asText,
  hasProblems,
  playAct,
  type ActReport,
  type StackReport,
} from "./report.js";

const STACKS = ["dev", "prod"];

const started = Date.now();
const tell = (text: string) => {
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
};

const program = new Command("npm run test:rehearsal --")
  .description(
    "Deploys stacks, changes them, interrupts and destroys them, with the real engine and real API servers; only the clouds' own APIs and the containers are simulated. Exits with 1 when a promise is broken.",
  )
  .addArgument(
    new Argument("[stacks...]", "which stacks").choices(STACKS).default(STACKS, STACKS.join(" and ")),
  )
  .option("--markdown <file>", "write the tables there too, for a pull request")
  .option("--keep-logs", "leave the logs of all programs where they are, and say where", false)
  .action(async (stacks: string[], options: { markdown?: string; keepLogs: boolean }) => {
    if (!toolsAreBuilt("rehearsal")) await withLock(() => buildTools(tell, "rehearsal"));
    tell("starting the clusters");
    const rehearsals: Rehearsal[] = [];
    stopOnSignal(rehearsals);
    let reports: StackReport[];
    try {
      while (rehearsals.length < stacks.length) rehearsals.push(await Rehearsal.start());
      // Side by side: most of a deployment is waiting.
      const plays = rehearsals.map((rehearsal, index) => rehearse(rehearsal, stacks[index] ?? ""));
      reports = await Promise.all(plays);
    } finally {
      await stop(rehearsals, options.keepLogs);
    }
    process.stdout.write(`\n${reports.map(asText).join("\n")}\n${asCount(reports)}`);
    if (options.markdown !== undefined) writeFileSync(options.markdown, reports.map(asMarkdown).join("\n"));
    if (reports.some(hasProblems)) process.exitCode = 1;
  });

/** Plays one act after the other; what failed is told at once, and the others are played all the same. */
async function rehearse(rehearsal: Rehearsal, name: string): Promise<StackReport> {
  const stack = await rehearsal.openStack(name);
  try {
    const stage = new Stage(rehearsal, stack);
    const acts = actsOf(stack.committed);
    const reports: ActReport[] = [];
    for (const [index, act] of acts.entries()) {
      tell(`${name} ${index + 1}/${acts.length}: ${act.title}`);
      const report = await playAct(act, stage);
      reports.push(report);
      for (const problem of report.problems) tell(`  ${name}: ${problem}`);
    }
    return { stack: name, resources: stage.resources, acts: reports };
  } finally {
    await stack.close();
  }
}

async function stop(rehearsals: readonly Rehearsal[], keepLogs: boolean): Promise<void> {
  if (keepLogs) for (const { logs } of rehearsals) process.stderr.write(`logs: ${logs}\n`);
  await Promise.all(rehearsals.map((rehearsal) => rehearsal.stop({ keepLogs })));
}

/** The first Ctrl-C ends all programs and takes the folders away. */
function stopOnSignal(rehearsals: readonly Rehearsal[]): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      tell("stopping");
      void stop(rehearsals, false).finally(() => process.exit(130));
    });
  }
}

await tellingErrors(() => program.parseAsync());
