import { Argument, Command } from "commander";
import { writeFileSync } from "node:fs";
import { withLock } from "../commands/lock.js";
import { tellingErrors } from "../shell/failures.js";
import { repository } from "../shell/paths.js";
import { buildTools, toolsAreBuilt } from "../toolchain/tools.js";
import { partsOf, Stage, type Act } from "./acts/index.js";
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
import { readCommitted } from "./stack.js";

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
    const rehearsals: Rehearsal[] = [];
    stopOnSignal(rehearsals);
    let reports: StackReport[];
    try {
      reports = await rehearseAll(stacks, rehearsals);
      tell("all acts are played");
    } finally {
      await stop(rehearsals, options.keepLogs);
    }
    process.stdout.write(`\n${reports.map(asText).join("\n")}\n${asCount(reports)}`);
    if (options.markdown !== undefined) writeFileSync(options.markdown, reports.map(asMarkdown).join("\n"));
    if (reports.some(hasProblems)) process.exitCode = 1;
  });

interface Part {
  readonly stack: string;
  readonly acts: readonly Act[];

  /** Of its first act among all of the stack. */
  readonly number: number;

  /** Of the stack's acts. */
  readonly of: number;
}

/**
 * Plays the parts of all stacks side by side, each in a world of its own: most of a deployment is waiting.
 *
 * @param rehearsals gets each world as it is there, to be stopped whatever happens
 */
async function rehearseAll(stacks: readonly string[], rehearsals: Rehearsal[]): Promise<StackReport[]> {
  const plays: Promise<StackReport>[] = [];
  // The longest first: clusters start one after the other, and all wait for the last part.
  const parts = stacks.flatMap(numberedParts).sort((a, b) => b.acts.length - a.acts.length);
  for (const part of parts) {
    tell(
      `${part.stack}: starting the clusters for acts ${part.number} to ${part.number + part.acts.length - 1}`,
    );
    const rehearsal = await Rehearsal.start();
    rehearsals.push(rehearsal);
    const play = rehearse(rehearsal, part);
    // Its failure is told at the end, when all are awaited.
    play.catch(() => undefined);
    plays.push(play);
  }
  const played = await Promise.all(plays);
  return stacks.map((stack) => {
    const its = played.filter((part) => part.stack === stack);
    return {
      stack,
      resources: Math.max(...its.map(({ resources }) => resources)),
      acts: its.flatMap(({ acts }) => acts),
    };
  });
}

function numberedParts(stack: string): Part[] {
  const parts = partsOf(readCommitted(repository, stack));
  const before = (index: number) => parts.slice(0, index).flat().length;
  return parts.map((acts, index) => ({ stack, acts, number: before(index) + 1, of: before(parts.length) }));
}

/** Plays one act after the other; what failed is told at once, and the others are played all the same. */
async function rehearse(rehearsal: Rehearsal, { stack: name, acts, number, of }: Part): Promise<StackReport> {
  const stack = await rehearsal.openStack(name);
  try {
    const stage = new Stage(rehearsal, stack);
    const reports: ActReport[] = [];
    for (const [index, act] of acts.entries()) {
      tell(`${name} ${number + index}/${of}: ${act.title}`);
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

await tellingErrors(() => program.parseAsync(), process.argv.slice(2));
