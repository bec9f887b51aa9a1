import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { UserError } from "../shell/errors.js";
import { local, paths, repository } from "../shell/paths.js";
import { searchPath, stopIfInterrupted, withLog } from "../shell/programs.js";
import { writeWhole } from "../shell/whole-file.js";
import { clusterFile, keepToOneCluster } from "./deployed-on.js";
import { lineOf, nameOf } from "./events.js";
import { missingObjects, type ClusterAddress, type StateResource } from "./missing-objects.js";
import { installKubernetesProvider } from "./plugins.js";
import { installRandomProvider } from "./random-provider/install.js";
import { localStackFile } from "./stack-file.js";

const projectName = "slipway";
const stackName = "local";
const folder = join(paths.engine, "stack");
const home = join(paths.engine, "home");
const scratch = join(paths.engine, "tmp");
const outputsFile = join(paths.engine, "outputs.json");
/** There while a deployment is under way, and until the next when it did not end well. */
const unfinishedFile = join(paths.engine, "unfinished");

/** What the machine knows and the committed stack file cannot: it is merged over that file. */
export interface StackConfiguration extends Record<string, unknown> {
  "slipway:local": ClusterAddress & { httpsPort: number };
}

/** Addresses of the apps, by the app's name. */
export interface Outputs {
  urls: Record<string, string>;
}

async function prepareFolder(configuration: StackConfiguration): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(join(paths.engine, "state"), { recursive: true, mode: 0o700 });
  const passphrase = join(paths.engine, "passphrase");
  if (!existsSync(passphrase)) await writeWhole(passphrase, randomBytes(32).toString("base64url"));
  // Without Pulumi.yaml's `main`: the program is not loaded from a file but handed to the engine by this process.
  await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: projectName, runtime: "nodejs" }));
  const file = join(folder, `Pulumi.${stackName}.yaml`);
  const before = existsSync(file) ? (parse(await readFile(file, "utf8")) as { encryptionsalt?: string }) : {};
  const config = mergeConfiguration(localStackFile().blocks, configuration);
  // The salt belongs to this machine's passphrase, so it stays out of the committed file.
  const salt = before.encryptionsalt === undefined ? {} : { encryptionsalt: before.encryptionsalt };
  await writeWhole(file, stringify({ ...salt, config }));
}

/** The committed configuration with the machine's over it, key by key and one level below. */
export function mergeConfiguration(
  committed: Readonly<Record<string, unknown>>,
  ours: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...committed };
  for (const [key, value] of Object.entries(ours)) {
    const base = merged[key];
    merged[key] = typeof base === "object" ? { ...base, ...(value as object) } : value;
  }
  return merged;
}

async function openStack(): Promise<Stack> {
  // Loaded only here: it takes longer than the whole of most commands.
  const automation = await import("@pulumi/pulumi/automation/index.js");
  // Each run of the Kubernetes provider leaves a copy of the kubeconfig among the temporary files.
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await installKubernetesProvider(home);
  await installRandomProvider(home, repository);
  const pulumiCommand = await automation.PulumiCommand.get({ root: local });
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    {
      stackName,
      projectName,
      program: async () => ({ ...((await import("../infra/index.js")) as Record<string, unknown>) }),
    },
    {
      pulumiCommand,
      workDir: folder,
      pulumiHome: home,
      envVars: {
        PATH: searchPath(),
        TMPDIR: scratch,
        PULUMI_BACKEND_URL: `file://${join(paths.engine, "state")}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: join(paths.engine, "passphrase"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Objects of a run that was killed are there but not in the state; what the program says wins over them.
        PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
        PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS: "true",
      },
    },
  );
  // A lock that is left over is that of a run that was killed: whoever calls this holds the commands' own.
  await stack.cancel();
  return stack;
}

/** Runs the program on stack `local` and gives its outputs. */
export async function deploy(
  configuration: StackConfiguration,
  onLine: (line: string) => void,
): Promise<Outputs> {
  await keepToOneCluster(configuration["slipway:local"]);
  await prepareFolder(configuration);
  const stack = await openStack();
  const missing = await missingObjects(await resourcesOf(stack), configuration["slipway:local"]);
  if (missing.length > 0) {
    onLine(`${missing.length} objects are gone that the state tells of; they are made again`);
    await watch(onLine, (options) => stack.refresh({ ...options, target: missing }));
  }
  // What the engine was told to stop may be done in the cluster and not be in the state.
  const refresh = existsSync(unfinishedFile);
  if (refresh) onLine("the last deployment did not end well; what it may have changed is looked at");
  await writeWhole(unfinishedFile, "");
  const result = await watch(onLine, (options) => stack.up({ ...options, refresh }));
  await rm(unfinishedFile);
  const urls = (result.outputs.urls?.value ?? {}) as Record<string, string>;
  await writeWhole(outputsFile, JSON.stringify({ urls }));
  return { urls };
}

async function resourcesOf(stack: Stack): Promise<StateResource[]> {
  const exported = await stack.exportStack();
  return (exported.deployment as { resources?: StateResource[] } | null)?.resources ?? [];
}

/** The stack's state as the engine keeps it: secrets are encrypted. */
export async function readState(): Promise<string> {
  return JSON.stringify(await (await openStack()).exportStack());
}

/** Whether there may be something to destroy. */
export const isDeployed = () => existsSync(folder);

/** Deletes, through the engine, all that the program made. */
export async function destroy(onLine: (line: string) => void): Promise<void> {
  if (!existsSync(folder)) return;
  const stack = await openStack();
  await watch(onLine, (options) => stack.destroy({ ...options, remove: true }));
  for (const file of [clusterFile, unfinishedFile]) await rm(file, { force: true });
  await rm(folder, { recursive: true });
}

/** Outputs of the last deployment on this machine. */
export async function lastOutputs(): Promise<Outputs> {
  return existsSync(outputsFile)
    ? (JSON.parse(await readFile(outputsFile, "utf8")) as Outputs)
    : { urls: {} };
}

/** How long the engine has to end in order when the terminal tells it to stop; objects that never get ready hold it. */
const orderSec = 10;

interface WatchOptions {
  onEvent: (event: EngineEvent) => void;
  onOutput: (text: string) => void;
  suppressProgress: true;
  signal: AbortSignal;
}

/** Runs an operation of the engine, tells what it does, and turns its failure into what a person needs to know. */
async function watch<T>(
  onLine: (line: string) => void,
  operation: (options: WatchOptions) => Promise<T>,
): Promise<T> {
  const problems: string[] = [];
  const onEvent = (event: EngineEvent) => {
    onLine(lineOf(event));
    const { severity, urn, message = "" } = event.diagnosticEvent ?? {};
    if (severity === "error") problems.push(`${nameOf(urn)}${message}`);
  };
  const { signal, dispose } = secondInterrupt();
  try {
    return await withLog("engine", (onOutput) =>
      operation({ onEvent, onOutput, suppressProgress: true, signal }),
    );
  } catch (error) {
    stopIfInterrupted();
    if (problems.length === 0) throw error;
    const list = [...new Set(problems)].map((problem) => problem.trim()).join("\n");
    throw new UserError(`${list}\nall of it: ${join(paths.logs, "engine.log")}`, { cause: error });
  } finally {
    dispose();
  }
}

/**
 * Fires a while after the first Ctrl-C. A terminal tells the engine of that one, too, which takes a second one for "at once";
 * where this command alone was told, it is the engine's first.
 */
function secondInterrupt(): { signal: AbortSignal; dispose: () => void } {
  const second = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(() => {
      second.abort();
    }, orderSec * 1000);
  };
  process.once("SIGINT", wait);
  return {
    signal: second.signal,
    dispose() {
      process.off("SIGINT", wait);
      clearTimeout(timer);
    },
  };
}
