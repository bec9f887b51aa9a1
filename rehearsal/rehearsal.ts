import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { installKubernetesProvider } from "../engine/plugins.js";
import { local, repository } from "../shell/paths.js";
import type { ClusterAccess } from "./cluster/access.js";
import { startControlPlanes } from "./cluster/control-plane.js";
import { Processes } from "./processes.js";
import { RehearsedStack } from "./stack.js";

export interface RehearsalOptions {
  /**
   * Which of the clouds' clusters have a Kubernetes behind them. Without one a stack can be previewed, which takes
   * seconds less, but not deployed.
   *
   * @default both
   */
  clusters?: readonly ("gke" | "eks")[];
}

/** What all stacks of a rehearsal share: the clusters, the engine's home, and a folder that goes with it all. */
export interface World {
  readonly folder: string;
  readonly home: string;
  readonly passphrase: string;
  readonly processes: Processes;
  readonly clusters: readonly ClusterAccess[];
}

/** Each has a folder, named after the process that it ends with. */
const worlds = join(local, "rehearsal");
let started = 0;

/**
 * A world without clouds in which stacks can be deployed by the real engine: clusters with nodes that only seem to run,
 * and clouds that keep to rules. It ends with this process, however that ends.
 */
export class Rehearsal {
  private readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  static async start({ clusters = ["gke", "eks"] }: RehearsalOptions = {}): Promise<Rehearsal> {
    await removeAbandoned();
    const folder = join(worlds, `${process.pid}-${++started}`);
    const home = join(folder, "home");
    await mkdir(join(folder, "logs"), { recursive: true, mode: 0o700 });
    await installKubernetesProvider(home);
    const processes = new Processes(join(folder, "logs"));
    const accesses =
      clusters.length === 0 ? [] : await startControlPlanes(processes, join(folder, "clusters"), clusters);
    const passphrase = randomBytes(16).toString("base64url");
    return new Rehearsal({ folder, home, passphrase, processes, clusters: accesses });
  }

  /**
   * Opens a stack, with nothing deployed.
   *
   * @param checkout whose program and stack file, the dependencies of which are installed
   */
  openStack(name: string, checkout = repository): Promise<RehearsedStack> {
    return RehearsedStack.open(this.world, name, checkout);
  }

  /** Where the logs of all programs are, until it is stopped. */
  get logs(): string {
    return this.world.processes.logs;
  }

  get clusters(): readonly ClusterAccess[] {
    return this.world.clusters;
  }

  /** Ends all programs and takes away what they kept. */
  async stop({ keepLogs = false } = {}): Promise<void> {
    await this.world.processes.stop();
    const parts = await readdir(this.world.folder);
    for (const part of parts.filter((name) => !keepLogs || name !== "logs")) {
      await rm(join(this.world.folder, part), { recursive: true, force: true });
    }
    if (!keepLogs) await rm(this.world.folder, { recursive: true, force: true });
  }
}

/** What rehearsals left whose process was killed. */
async function removeAbandoned(): Promise<void> {
  if (!existsSync(worlds)) return;
  for (const world of await readdir(worlds)) {
    const [pid = ""] = world.split("-");
    if (!existsSync(`/proc/${pid}`)) await rm(join(worlds, world), { recursive: true, force: true });
  }
}
