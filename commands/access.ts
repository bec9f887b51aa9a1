import { statSync } from "node:fs";
import { UserError } from "../shell/errors.js";
import { local, nearest } from "../shell/paths.js";
import { quoted } from "../shell/programs.js";

/**
 * What to tell a person who may not use what is under .local, because it is another user's.
 *
 * @param given the arguments of the command, which is to be run again with them
 */
export function accessRefused(error: unknown, given: readonly string[]): UserError | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" || path === undefined || !`${path}/`.startsWith(`${local}/`)) return undefined;
  const rest = given.length === 0 ? "" : ` -- ${given.map(quoted).join(" ")}`;
  const owner = statSync(nearest(path)).uid;
  const command = `sudo ${owner === 0 ? "" : `-u '#${owner}' `}npm run ${process.env.npm_lifecycle_event ?? "up"}${rest}`;
  return new UserError(
    `${path}: expected user ${owner}, whose it is, got user ${process.getuid?.() ?? "unknown"}; run "${command}"`,
    { cause: error },
  );
}
