import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { quoted } from "../../shell/programs.js";
import { writeWhole } from "../../shell/whole-file.js";
import { VERSION } from "./version.js";

/**
 * Puts the provider where the engine looks for plugins, and returns the path of its executable. Writes only
 * what differs, and in one step, since an engine may be starting the plugin at this moment.
 */
export async function installRandomProvider(pulumiHome: string, repositoryRoot: string): Promise<string> {
  const executable = join(pulumiHome, "plugins", `resource-random-v${VERSION}`, "pulumi-resource-random");
  const script = launcher(repositoryRoot);
  if (isInstalled(executable, script)) return executable;

  mkdirSync(dirname(executable), { recursive: true });
  await writeWhole(executable, script, 0o755);
  return executable;
}

function isInstalled(executable: string, script: string): boolean {
  return (
    existsSync(executable) &&
    (statSync(executable).mode & 0o777) === 0o755 &&
    readFileSync(executable, "utf8") === script
  );
}

/** Every path is absolute, because the engine starts a plugin in the folder of the program. */
function launcher(repositoryRoot: string): string {
  const root = resolve(repositoryRoot);
  const typescript = pathToFileURL(join(root, "infra/typescript.mjs")).href;
  const main = join(root, "engine/random-provider/main.ts");
  const words = [process.execPath, "--import", typescript, main].map(quoted).join(" ");
  return `#!/bin/sh\nexec ${words} "$@"\n`;
}
