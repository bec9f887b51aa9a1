import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RehearsedStack } from "../../rehearsal/stack.js";
import { local, repository } from "../../shell/paths.js";
import { flatProgram, type Deployed } from "./flat-program.js";

/**
 * Writes the resources of a stack as a program of one flat file, into a checkout of its own.
 *
 * @returns its folder
 */
export async function writeFlatCheckout(stack: RehearsedStack): Promise<string> {
  const folder = join(local, "bench/flat-program");
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "infra"), { recursive: true, mode: 0o700 });
  for (const file of ["infra/typescript.mjs", "infra/source-positions.ts", `Pulumi.${stack.name}.yaml`])
    await cp(join(repository, file), join(folder, file));
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // As in ours, what each run of the engine loads anew is small; the rest stays loaded.
  await writeFile(
    join(folder, "infra/index.ts"),
    [
      'import { deploy } from "./flat.js";',
      'import { leaveOutSourcePositions } from "./source-positions.js";',
      "leaveOutSourcePositions();",
      "deploy();\n",
    ].join("\n"),
  );
  await writeFile(join(folder, "infra/flat.ts"), flatProgram(await deployedBy(stack)), { mode: 0o600 });
  return folder;
}

/** The resources of the state, in its order, with their secrets in clear. */
export async function deployedBy(stack: RehearsedStack): Promise<Deployed[]> {
  const { deployment } = await stack.exportedWithSecrets();
  return [...((deployment.resources ?? []) as readonly Deployed[])];
}
