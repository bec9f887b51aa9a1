import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../../infra/config.js";
import { type StackOutputs, deploy } from "../../infra/program.js";
import { imageNames } from "../../infra/platform.js";
import { type RecordOptions, type Registered, record } from "./program.js";

export type Config = Readonly<Record<string, any>>;

const root = join(import.meta.dirname, "../..");

/** Every stack of which the repository holds a file. */
export const stackNames = readdirSync(root)
  .map((file) => /^Pulumi\.([a-z]+)\.yaml$/.exec(file)?.[1])
  .filter((name) => name !== undefined);

const committed = new Map<string, Config>();

/** The stack file as it is committed: a copy of its own for each caller. */
export function committedConfig(stack: string): Config {
  const config: Config =
    committed.get(stack) ?? parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")).config;
  committed.set(stack, config);
  return structuredClone(config);
}

/** The stack file as the program gets it: decrypted, and on the local stack with what `npm run up` adds. */
export function stackConfig(stack: string): Config {
  const config = Object.fromEntries(
    Object.entries(committedConfig(stack)).map(([key, value]) => [
      key,
      value?.secure ? "Decrypted0value0of0a0secret" : value,
    ]),
  );
  // What a person has to supply, and no stack file that is committed can hold.
  if (stack !== "local")
    return {
      ...config,
      "slipway:chatMongoUri": "mongodb+srv://chat:p4ss@mongo.example.net/chat",
      "slipway:prismaManagementApiSecret": "Supplied0by0a0person",
    };
  const images = Object.fromEntries(
    imageNames.map((name) => [name, `slipway.local/${name}@sha256:${"0".repeat(64)}`]),
  );
  return {
    ...config,
    "slipway:local": { ...config["slipway:local"], kubeconfig: "/somewhere/kubeconfig" },
    "slipway:images": images,
  };
}

/** The same configuration with every app on EKS that can run there; no committed stack file places one. */
export function placedOnEks(config: Config): Config {
  const apps = ["slipway:journal", "slipway:chat"].map((app) => [app, { ...config[app], cluster: "eks" }]);
  return { ...config, ...Object.fromEntries(apps) };
}

/** Runs the whole program with that configuration. */
export async function runProgram(
  config: Config,
  options: Omit<RecordOptions, "config"> = {},
): Promise<{ resources: Registered[]; outputs: StackOutputs }> {
  let outputs: StackOutputs | undefined;
  const resources = await record(async () => (outputs = await deploy(loadConfig())), { ...options, config });
  if (!outputs) throw new Error("the program returned no outputs");
  return { resources, outputs };
}

const runs = new Map<string, ReturnType<typeof runProgram>>();

/** The program with a committed stack file. It runs once for all tests that only look. */
export function committedRun(stack: string): ReturnType<typeof runProgram> {
  const run = runs.get(stack) ?? runProgram(stackConfig(stack), { stack });
  runs.set(stack, run);
  return run;
}

/** What the program registers for a committed stack file. */
export async function resourcesOf(stack: string): Promise<Registered[]> {
  return (await committedRun(stack)).resources;
}
