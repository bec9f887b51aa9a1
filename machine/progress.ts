import { Listr, type ListrTask, PRESET_TIMER } from "listr2";

export type Tell = (line: string) => void;

/** A step of a command. */
export type Phase<Context> =
  | { title: string; run: (context: Context, tell: Tell) => Promise<void> | void }
  | { title: string; together: Phase<Context>[] };

const repeatSec = 10;

function toTask<Context>(phase: Phase<Context>): ListrTask<Context> {
  const { title } = phase;
  if ("together" in phase) {
    // A failure lets the other finish what it is at, so that the next run finds it done.
    return {
      title,
      task: (_, task) => task.newListr(phase.together.map(toTask), { concurrent: true, exitOnError: true }),
    };
  }
  return {
    title,
    task: async (context, task) => {
      if (process.stdout.isTTY) {
        await phase.run(context, (line) => {
          if (line !== "") task.output = line;
        });
        return;
      }
      await phase.run(
        context,
        thinOut((line) => (task.output = `${title}: ${line}`)),
      );
    },
  };
}

/** Without a terminal every line stays, so of those that come thick and fast one in ten seconds is enough. */
function thinOut(tell: Tell): Tell {
  let last = 0;
  return (line) => {
    if (line === "" || Date.now() - last < repeatSec * 1000) return;
    last = Date.now();
    tell(line);
  };
}

/** Runs phases one after the other and shows each with its time: a live display on a terminal, plain lines elsewhere. */
export async function runPhases<Context>(context: Context, phases: Phase<Context>[]): Promise<void> {
  await new Listr<Context, "default", "simple">(phases.map(toTask), {
    ctx: context,
    renderer: "default",
    fallbackRenderer: "simple",
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
    registerSignalListeners: false,
  }).run();
}
