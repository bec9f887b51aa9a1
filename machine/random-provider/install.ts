import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { VERSION } from "./version.js";

/**
 * Puts the provider where the engine looks for plugins, and returns the path of its executable. Writes only
 * what differs, and in one step, since an engine may be starting the plugin at this moment.
 */
export function installRandomProvider(pulumiHome: string, repositoryRoot: string): string {
  const executable = join(pulumiHome, "plugins", `resource-random-v${VERSION}`, "pulumi-resource-random");
  const script = launcher(repositoryRoot);
  if (isInstalled(executable, script)) return executable;

  mkdirSync(dirname(executable), { recursive: true });
  const draft = `${executable}.${process.pid}`;
  writeFileSync(draft, script);
  chmodSync(draft, 0o755);
  renameSync(draft, executable);
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
  const main = join(root, "machine/random-provider/main.ts");
  const words = [process.execPath, "--import", typescript, main].map(quoted).join(" ");
  return `#!/bin/sh\nexec ${words} "$@"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
