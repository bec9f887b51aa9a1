import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Clouds } from "./clouds.js";
import type { Fault } from "./cloud/faults.js";
import type { Existing } from "./cloud/store.js";
import { demandedSecrets } from "./demanded-secrets.js";
import { environment } from "./environment.js";
import { Engine, type Run, type RunOptions } from "./engine.js";
import { creationsThatHappened } from "./pending.js";
import { Program } from "./program.js";
import type { World } from "./rehearsal.js";
import { installLanguageHost } from "./sign-in.js";

/** The `config:` of a stack file, values as they are in YAML: their shape is the program's business. */
export type Configuration = Record<string, unknown>;

/** A resource as the state tells of it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;

  /** File, line and column, "project:///infra/program.ts#1,2". */
  readonly sourcePosition?: string;
  readonly stackTrace?: readonly { readonly sourcePosition?: string }[];
}

/** A state as `pulumi stack export` gives it. */
export interface Exported {
  readonly deployment: { readonly resources?: readonly StateResource[] };
}

const PROJECT = "slipway";

/** One stack in a rehearsal: its committed file, the program of a checkout, and clouds of its own. */
export class RehearsedStack {
  readonly name: string;

  /** What the stack file says, as it was committed. */
  readonly committed: Configuration;
  private readonly world: World;
  private checkout: string;
  private readonly folder: string;
  private readonly engine: Engine;
  private readonly clouds: Clouds;
  private program: Program;

  private constructor(parts: Parts) {
    this.name = parts.name;
    this.committed = parts.committed;
    this.world = parts.world;
    this.checkout = parts.checkout;
    this.folder = parts.folder;
    this.engine = parts.engine;
    this.clouds = parts.clouds;
    this.program = parts.program;
  }

  static async open(world: World, name: string, checkout: string): Promise<RehearsedStack> {
    const folder = join(world.folder, name);
    for (const part of ["project", "state", "tmp"])
      await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
    const committed = readCommitted(checkout, name);
    const [clouds, program] = await Promise.all([
      Clouds.start(world, folder, committed),
      Program.start(world.processes, checkout),
    ]);
    const env = await environment(world, folder, clouds);
    const log = join(world.processes.logs, `${name}.log`);
    const engine = new Engine({ folder: join(folder, "project"), env, log, processes: world.processes });
    const stack = new RehearsedStack({ world, name, checkout, folder, committed, engine, clouds, program });
    // Without `main`: the program is not loaded from a file but waits in a process of its own.
    await writeFile(join(folder, "project/Pulumi.yaml"), stringify({ name: PROJECT, runtime: "nodejs" }));
    await engine.command(["stack", "init", name]);
    await stack.configure();
    return stack;
  }

  /** Writes the stack file anew: the committed one with a change in it. Secrets that were set stay, and none is missing. */
  async configure(change: (config: Configuration) => void = () => undefined): Promise<void> {
    const file = join(this.folder, `project/Pulumi.${this.name}.yaml`);
    const before = parse(await readFile(file, "utf8")) as { encryptionsalt?: string; config?: Configuration };
    const secrets = Object.entries(before.config ?? {}).filter(([, value]) => isSecret(value));
    const config = structuredClone(this.committed);
    change(config);
    const { encryptionsalt } = before;
    await writeFile(
      file,
      stringify({ encryptionsalt, config: { ...config, ...Object.fromEntries(secrets) } }),
    );
    const missing = demandedSecrets(config).filter(({ key }) => !secrets.some(([other]) => other === key));
    for (const { key, value } of missing) await this.setSecret(key, value);
  }

  /** Sets a secret of the configuration, as a person does. */
  async setSecret(key: string, value: string): Promise<void> {
    await this.engine.command(["config", "set", "--secret", key], value);
  }

  async removeSecret(key: string): Promise<void> {
    await this.engine.command(["config", "rm", key]);
  }

  preview(options?: RunOptions): Promise<Run> {
    return this.run(["preview"], options);
  }

  /** With every value that it would set, as the workflows run it. */
  previewInFull(options?: RunOptions): Promise<Run> {
    return this.run(["preview", "--diff"], options);
  }

  up(options?: RunOptions): Promise<Run> {
    return this.run(["up", "--yes", "--skip-preview"], options);
  }

  destroy(options?: RunOptions): Promise<Run> {
    return this.run(["destroy", "--yes", "--skip-preview"], options);
  }

  /** With its preview first, as people run it: what is protected makes the preview fail, and nothing is deleted. */
  tryDestroy(): Promise<Run> {
    return this.run(["destroy", "--yes"]);
  }

  /** Brings the state to what exists, and forgets the creations that an engine was killed in. */
  refresh(): Promise<Run> {
    return this.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
  }

  /**
   * What the runbook says after an engine was killed: tells the state of those things that were made, but not written
   * down any more.
   *
   * @returns their number
   */
  async recover(): Promise<number> {
    const imports = creationsThatHappened(this.stateText(), this.cloud());
    if (imports.resources.length === 0) return 0;
    const file = join(this.folder, "project/imports.json");
    await writeFile(file, JSON.stringify(imports));
    await installLanguageHost(this.folder, this.program.address.split(":")[1] ?? "");
    const flags = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false", "--file", file];
    await this.engine.command(["import", ...flags]);
    return imports.resources.length;
  }

  /** Runs another program for this stack, such as that of a later version; what is deployed stays. */
  async useProgram(checkout: string): Promise<void> {
    this.checkout = checkout;
    await this.program.stop();
    this.program = await Program.start(this.world.processes, checkout);
  }

  /** The state as the engine keeps it: what is secret is encrypted. */
  stateText(): string {
    const file = join(this.backendFolder, `.pulumi/stacks/${PROJECT}/${this.name}.json`);
    return existsSync(file) ? readFileSync(file, "utf8") : "{}";
  }

  /** Folder of all that the engine keeps: the state, and of every run so far its state and its configuration. */
  get backendFolder(): string {
    return join(this.folder, "state");
  }

  /** The resources of the state, secrets encrypted, the stack's own resource not counted. */
  stateResources(): readonly StateResource[] {
    const { checkpoint } = JSON.parse(this.stateText()) as {
      checkpoint?: { latest?: Exported["deployment"] };
    };
    return (checkpoint?.latest?.resources ?? []).filter(({ type }) => type !== "pulumi:pulumi:Stack");
  }

  /** The whole state with its secrets in clear, as a person may export it who has the passphrase. */
  async exportedWithSecrets(): Promise<Exported> {
    return JSON.parse(await this.engine.command(["stack", "export", "--show-secrets"])) as Exported;
  }

  /** Everything that exists in the clouds, and what was only left behind. */
  cloud(): Existing[] {
    return this.clouds.existing();
  }

  /** Makes the clouds fail, or be slow. */
  setFaults(faults: readonly Fault[]): void {
    this.clouds.setFaults(faults);
  }

  /** Tells the clouds how much they give. */
  setQuotas(limits: Readonly<Record<string, number>>): void {
    this.clouds.setQuotas(limits);
  }

  /** Of the process in which the program waits, until the program is another. */
  get programPid(): number {
    return this.program.pid;
  }

  /** What the engine and the clouds wrote. */
  logs(): string {
    return readFileSync(join(this.world.processes.logs, `${this.name}.log`), "utf8");
  }

  async close(): Promise<void> {
    await this.program.stop();
    await this.clouds.stop();
  }

  private async run(args: readonly string[], options?: RunOptions): Promise<Run> {
    const client = ["--client", this.program.address, "--exec-kind", "auto.inline"];
    const run = await this.engine.run([...args, ...client], options);
    if (run.outcome === "killed") {
      await this.useProgram(this.checkout);
      // A lock that is left over is that of the run that was killed.
      await this.engine.command(["cancel", "--yes"]);
    }
    return run;
  }
}

interface Parts {
  world: World;
  name: string;
  checkout: string;
  folder: string;
  committed: Configuration;
  engine: Engine;
  clouds: Clouds;
  program: Program;
}

const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

/**
 * What a stack file says. A secret that was committed can be read with the stack's own passphrase only, so it is left
 * out here.
 *
 * @param checkout folder of the repository
 */
export function readCommitted(checkout: string, name: string): Configuration {
  const file = parse(readFileSync(join(checkout, `Pulumi.${name}.yaml`), "utf8")) as {
    config?: Configuration;
  };
  return Object.fromEntries(Object.entries(file.config ?? {}).filter(([, value]) => !isSecret(value)));
}
