import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
const left = new Set(["node_modules", "dist", "schema.json", "terraform-mapping.json"]);

const copied = [
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
];

/**
 * A copy of the commands and of all that they use, and of other parts, in a folder of its own: what is under `.local` here
 * is neither read nor written, and a cluster that runs does not matter.
 */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway "));
  readonly local = join(this.folder, ".local");
  private static kept: Checkout | undefined;

  /**
   * One for all files of tests that a process runs, cleared for each: loading a fresh copy's modules takes longer than most
   * of these files.
   */
  static shared(): Checkout {
    if (this.kept) {
      this.kept.clear();
      return this.kept;
    }
    const checkout = (this.kept = new Checkout());
    process.once("exit", () => {
      checkout.remove();
    });
    return checkout;
  }

  constructor(...parts: string[]) {
    for (const part of [...copied, ...parts]) {
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

  /** Takes away what tests have written, but for what is inside of the copied folders. */
  private clear(): void {
    const kept = new Set(["node_modules", ...copied.map((part) => part.split("/")[0])]);
    for (const name of readdirSync(this.folder).filter((name) => !kept.has(name)))
      rmSync(this.path(name), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
