import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
const left = new Set(["node_modules", "dist", "schema.json", "terraform-mapping.json"]);

/**
 * A copy of the commands and of all that they use, and of other parts, in a folder of its own: what is under `.local` here
 * is neither read nor written, and a cluster that runs does not matter.
 */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway "));
  readonly local = join(this.folder, ".local");

  constructor(...parts: string[]) {
    for (const part of [
      "package.json",
      "Pulumi.local.yaml",
      "infra/typescript.mjs",
      "infra/platform.ts",
      "shell",
      "toolchain",
      "engine",
      "machine",
      "backup",
      "commands",
      ...parts,
    ]) {
      cpSync(join(root, part), join(this.folder, part), {
        recursive: true,
        filter: (file) => !left.has(basename(file)),
      });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Loads a module of this copy, such as "machine/hosts". */
  async load<Module>(name: string): Promise<Module> {
    const file = join(this.folder, `${name}.ts`);
    return (await import(pathToFileURL(file).href)) as Module;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string, mode = 0o644): void {
    const file = this.path(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  /** Puts a shell script where the commands look for a program before they look on the PATH. */
  fakeProgram(name: string, script: string): void {
    this.write(join(".local/bin", name), `#!/bin/sh\n${script}\n`, 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
