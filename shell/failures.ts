import { statSync } from "node:fs";
import { UserError } from "./errors.js";
import { local, nearest } from "./paths.js";
import { quoted } from "./programs.js";

/**
 * Does what a command is for; of a {@link UserError} it prints the message alone, and the exit code is 1.
 *
 * @param given the command's arguments
 */
export async function tellingErrors(action: () => Promise<unknown>, given: readonly string[]): Promise<void> {
  try {
    await action();
  } catch (failure) {
    const error = explained(failure, given);
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`\nerror: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * A failure of the machine that a person can repair, with how; any other as it is.
 *
 * @param given the arguments of the command, which is to be run again with them
 */
export function explained(failure: unknown, given: readonly string[]): unknown {
  const { code, path } = failure as NodeJS.ErrnoException;
  if (code === "ENOSPC") return diskFull(failure, path, given);
  const isOurs = path !== undefined && `${path}/`.startsWith(`${local}/`);
  return code === "EACCES" && isOurs ? accessRefused(failure, path, given) : failure;
}

/** A write to a file that is open already fails without a path. */
function diskFull(cause: unknown, path: string | undefined, given: readonly string[]): UserError {
  const where = path === undefined ? "a disk that this command writes to" : `the disk of ${path}`;
  const again = commandAgain(given);
  return new UserError(
    `there is no space left on ${where}; "df -h" and "df -i" show which are full; free some, then run "${again}"`,
    { cause },
  );
}

/** What is under .local is another user's. */
function accessRefused(cause: unknown, path: string, given: readonly string[]): UserError {
  const owner = statSync(nearest(path)).uid;
  return new UserError(
    `${path}: expected user ${owner}, whose it is, got user ${process.getuid?.() ?? "unknown"}; run "${commandAgain(given, owner)}"`,
    { cause },
  );
}

/** @param user the id of who is to run it; without one, whoever reads it */
export function commandAgain(given: readonly string[], user?: number): string {
  const as = user === undefined ? "" : user === 0 ? "sudo " : `sudo -u '#${user}' `;
  const rest = given.length === 0 ? "" : ` -- ${given.map(quoted).join(" ")}`;
  return `${as}npm run ${process.env.npm_lifecycle_event ?? "up"}${rest}`;
}
