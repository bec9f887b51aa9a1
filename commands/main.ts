import { UserError } from "../shell/errors.js";
import { explained } from "../shell/failures.js";
import { endPrograms, interrupt } from "../shell/programs.js";
import { createCommands } from "./commands.js";

const program = createCommands(
  (text) => process.stdout.write(`${text}\n`),
  () => (process.exitCode = 1),
);

// By the first Ctrl-C the programs at work end in order; the second ends this one at once.
process.on("SIGINT", () => {
  if (interrupt.seen) process.exit(130);
  interrupt.seen = true;
  void endPrograms();
  process.stderr.write(
    '\nstopping in order; press Ctrl-C again to stop at once. "npm run up" goes on from here.\n',
  );
});

try {
  await program.parseAsync();
} catch (failure) {
  const error = explained(failure, process.argv.slice(3));
  if (!(error instanceof UserError) && !interrupt.seen) throw error;
  const { message } = error as Error;
  // What an interruption has left behind is told too.
  const left = error instanceof UserError && message !== "interrupted" ? `${message}\n` : "";
  process.stderr.write(interrupt.seen ? `${left}interrupted\n` : `\nerror: ${message}\n`);
  process.exitCode = interrupt.seen ? 130 : 1;
}
