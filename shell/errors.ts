/** A problem whose message is all that a person needs: it is printed without a stack. */
export class UserError extends Error {}

/** Does what a command is for; of a {@link UserError} it prints the message alone, and the exit code is 1. */
export async function tellingErrors(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`\nerror: ${error.message}\n`);
    process.exitCode = 1;
  }
}
