import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../shell/errors.js";
import type { Tell } from "../shell/progress.js";

/** Another state of the repository in a folder of its own, with its dependencies. */
export interface Checkout {
  readonly folder: string;
  readonly commit: string;
}

/**
 * Does something with the files of a git ref, in a folder that is gone afterwards.
 *
 * @throws UserError when there is no such ref
 */
export async function withCheckout<T>(
  repository: string,
  ref: string,
  tell: Tell,
  work: (checkout: Checkout) => Promise<T>,
): Promise<T> {
  const git = (...args: string[]) => execa("git", args, { cwd: repository });
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).catch(
    (cause: unknown) => {
      throw new UserError(`expected a git ref that is here, got "${ref}"; run "git fetch" first`, { cause });
    },
  );
  const parent = await mkdtemp(join(tmpdir(), "slipway-diff-"));
  const folder = join(parent, "checkout");
  try {
    await git("worktree", "add", "--detach", folder, commit.stdout);
    await installDependencies(repository, folder, tell);
    return await work({ folder, commit: commit.stdout });
  } finally {
    await git("worktree", "remove", "--force", folder).catch(() => git("worktree", "prune"));
    await rm(parent, { recursive: true, force: true });
  }
}

/** With the same lock they are the same: then ours serve, which takes no time. */
async function installDependencies(repository: string, folder: string, tell: Tell): Promise<void> {
  const lock = "package-lock.json";
  const [ours, theirs] = await Promise.all(
    [repository, folder].map((path) => readOrNothing(join(path, lock))),
  );
  if (ours !== undefined && ours === theirs && existsSync(join(repository, "node_modules"))) {
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    return;
  }
  tell("installing that state's dependencies");
  await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
}

const readOrNothing = async (path: string) => (existsSync(path) ? await readFile(path, "utf8") : undefined);
