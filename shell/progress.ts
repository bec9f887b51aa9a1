import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import { stopIfInterrupted } from "./programs.js";
import { joined } from "./together.js";

export type Tell = (line: string) => void;

interface Step<Context> {
  title: string;
  run: (context: Context, tell: Tell) => Promise<void> | void;
  /** Whether each line counts: without a terminal, too, all are shown as they come. */
  everyLine?: boolean;
}

/** A step of a command, or several that are done at once. */
export type Phase<Context> = Step<Context> | { title: string; together: Step<Context>[] };

const repeatSec = 10;

function toTask<Context>(phase: Phase<Context>, record: Tell): ListrTask<Context> {
  const { title } = phase;
  if ("together" in phase) {
    const runs = joined(phase.together.map((step) => step.run));
    const steps = phase.together.map((step, index) =>
      toTask({ ...step, run: runs[index] ?? step.run }, record),
    );
    return { title, task: (_, task) => task.newListr(steps, { concurrent: true, exitOnError: true }) };
  }
  return {
    title,
    task: async (context, task) => {
      const started = Date.now();
      const isLive = process.stdout.isTTY;
      const show = (line: string) => {
        task.output = `${elapsedSince(started)}  ${isLive ? "" : `${title}: `}${line}`;
      };
      const showSome = isLive || phase.everyLine === true ? show : thinOut(show);
      stopIfInterrupted();
      record(`${title}: begins`);
      await phase.run(context, (line) => {
        if (line === "") return;
        record(`${title}: ${line}`);
        showSome(line);
      });
      record(`${title}: done after ${elapsedSince(started)}`);
    },
  };
}

/** Minutes and seconds, `4:05`. */
function elapsedSince(started: number): string {
  const seconds = Math.floor((Date.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Without a terminal every line stays, so of those that come thick and fast one in ten seconds is enough. */
function thinOut(tell: Tell): Tell {
  let last = 0;
  return (line) => {
    if (Date.now() - last < repeatSec * 1000) return;
    last = Date.now();
    tell(line);
  };
}

/**
 * Runs phases one after the other and shows each with its time: a live display on a terminal, plain lines elsewhere.
 *
 * @param record gets all that they tell, also what is not shown.
 */
export async function runPhases<Context>(
  context: Context,
  phases: Phase<Context>[],
  record: Tell = () => undefined,
): Promise<void> {
  const tasks = phases.map((phase) => toTask(phase, record));
  await new Listr<Context, "default", "simple">(tasks, {
    ctx: context,
    renderer: "default",
    fallbackRenderer: "simple",
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
    registerSignalListeners: false,
  }).run();
}
