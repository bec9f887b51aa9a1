import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../shell/paths.js";
import { plantWhatWasThere } from "./cloud/before.js";
import { Faults, type Fault } from "./cloud/faults.js";
import type { Ports } from "./cloud/main.js";
import { Quotas } from "./cloud/quotas.js";
import { Store, type Existing } from "./cloud/store.js";
import { failed, typescriptOf } from "./program.js";
import type { World } from "./rehearsal.js";
import type { Configuration } from "./stack.js";

/** The clouds of one stack, in a process of their own. */
export class Clouds {
  readonly ports: Ports;
  private readonly folder: string;
  private readonly stopProcess: () => Promise<void>;

  private constructor(folder: string, ports: Ports, stopProcess: () => Promise<void>) {
    this.folder = folder;
    this.ports = ports;
    this.stopProcess = stopProcess;
  }

  /** @param config the stack's configuration: what it names of the clouds and does not make is there before */
  static async start(
    { processes, clusters }: World,
    stackFolder: string,
    config: Configuration,
  ): Promise<Clouds> {
    const folder = join(stackFolder, "clouds");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "clusters.json"), JSON.stringify(clusters), { mode: 0o600 });
    plantWhatWasThere(folder, config);
    const [name, eks] = [`clouds-${++started}`, `eks-${started}`];
    const child = processes.start(
      name,
      [...typescriptOf(repository), join(import.meta.dirname, "cloud/main.ts"), folder],
      {
        ipc: true,
      },
    );
    processes.start(eks, [...typescriptOf(repository), join(import.meta.dirname, "cloud/eks-main.ts")]);
    const [ports] = (await Promise.race([once(child, "message"), failed(name, once(child, "exit"))])) as [
      Ports,
    ];
    const eksPort = await printedPort(processes, eks);
    return new Clouds(folder, { ...ports, eks: eksPort }, async () => {
      await Promise.all([processes.stop(name), processes.stop(eks)]);
    });
  }

  existing(): Existing[] {
    return ["gcp", "aws"].flatMap((cloud) => new Store(join(this.folder, cloud)).all());
  }

  setQuotas(limits: Readonly<Record<string, number>>): void {
    new Quotas(join(this.folder, "quotas.json")).set(limits);
  }

  setFaults(faults: readonly Fault[]): void {
    new Faults(join(this.folder, "faults.json")).set(faults);
  }

  stop(): Promise<void> {
    return this.stopProcess();
  }
}

let started = 0;

/** The port that a provider prints as its first line, when it is ready. */
async function printedPort(processes: World["processes"], name: string): Promise<number> {
  const line = () => /^(\d+)$/m.exec(readFileSync(join(processes.logs, `${name}.log`), "utf8"))?.[1];
  await processes.until(`port of ${name}`, 60, () => Promise.resolve(line() !== undefined));
  return Number(line());
}
