import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { local, repository } from "../../shell/paths.js";
import { stackConfig } from "../../tests/support/stacks.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { type Measured, measured } from "../measured.js";

const rounds = 5;

/** "ignored-compiler" is Pulumi's, set up as always but never asked, since another loader came first. */
type Compiler = "type-check" | "ignored-compiler" | "as-it-is";

const copy = join(local, "bench/default-start");

/** What our start keeps, as infra/typescript.mjs says. */
const compiled = join(repository, "node_modules/.cache/node");

/** CPU and memory of the program's start, beside that of Pulumi's default, both with nothing cached. */
export async function run(): Promise<boolean> {
  await writeDefaultProgram();
  const { nodeArguments, typescript } = await ourOptions();
  const compiler = typescript ? "ignored-compiler" : "as-it-is";
  const ours = () => start(repository, nodeArguments, join(repository, "infra/index.ts"), compiler);
  const results = await alternate(rounds, {
    slipway: async () => {
      await rm(compiled, { recursive: true, force: true });
      return ours();
    },
    "slipway, the second time": ours,
    "slipway, the third time": ours,
    "Pulumi's default": () => start(copy, [], join(copy, "infra/index.ts"), "type-check"),
    "@pulumi/pulumi alone": () =>
      measured(process.execPath, ["--eval", 'require("@pulumi/pulumi")'], { cwd: repository }),
  });

  const of = (name: string, figure: "cpuSec" | "wallSec" | "maxRssMb") =>
    median((results[name] ?? []).map((result) => result[figure]));
  const rows = Object.entries(results).map(([name, all]) => [
    name,
    all[0]?.stdout.trim() ?? "",
    ...(["cpuSec", "wallSec", "maxRssMb"] as const).map((figure) => round(of(name, figure))),
  ]);
  table(["program", "resources", "CPU, s", "wall, s", "max RSS, MB"], rows);
  process.stdout.write(`medians of ${rounds} rounds; ours is started with: ${nodeArguments.join(" ")}\n`);

  const [made, madeByDefault] = [results.slipway?.[0]?.stdout, results["Pulumi's default"]?.[0]?.stdout];
  if (Number(made) === 0 || made !== madeByDefault) {
    throw new Error(`resources: ${made ?? ""} and ${madeByDefault ?? ""}`);
  }
  return judge([
    { what: "CPU", got: of("slipway", "cpuSec"), atMost: 1, unit: " s" },
    { what: "max RSS", got: of("slipway", "maxRssMb"), atMost: 200, unit: " MB" },
    {
      what: "CPU beside Pulumi's default",
      got: of("slipway", "cpuSec") / of("Pulumi's default", "cpuSec"),
      atMost: 1 / 8,
    },
  ]);
}

/** What Pulumi.yaml asks the engine to start Node.js with, and whether it brings its compiler. */
async function ourOptions(): Promise<{ nodeArguments: string[]; typescript: boolean }> {
  const project = parse(await readFile(join(repository, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { nodeargs: string; typescript?: boolean } };
  };
  const { nodeargs, typescript = true } = project.runtime.options;
  return { nodeArguments: nodeargs.split(" "), typescript };
}

/** A loader keeps what it compiled below the folder for temporary files, so each start has one of its own. */
async function start(
  cwd: string,
  nodeArguments: string[],
  program: string,
  typescript: Compiler,
): Promise<Measured> {
  const driver = join(import.meta.dirname, "run-program.mjs");
  const config = Object.entries(stackConfig("local")).map(([key, value]) => [key, JSON.stringify(value)]);
  const args = [...nodeArguments, driver, program, JSON.stringify(Object.fromEntries(config)), typescript];
  return await inNewFolder((folder) => measured(process.execPath, args, { cwd, env: { TMPDIR: folder } }));
}

async function inNewFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same program as a CommonJS package, which is all that the ts-node that Pulumi brings can load. */
async function writeDefaultProgram(): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(repository, "infra"), join(copy, "infra"), { recursive: true });
  for (const name of ["tsconfig.json", "Pulumi.README.md"])
    await cp(join(repository, name), join(copy, name));
  await writeFile(join(copy, "package.json"), JSON.stringify({ name: "slipway", private: true }));
  for (const name of readdirSync(join(copy, "infra"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const file = join(copy, "infra", name);
    const text = (await readFile(file, "utf8"))
      .replaceAll(/(from "\.[^"]*)\.js"/g, '$1"')
      .replaceAll("import.meta.dirname", "__dirname")
      .replaceAll(/await import\((".*)\.js"\)/g, 'require($1")')
      // Such a module cannot wait for its exports, but it can export a promise of them.
      .replace(/export const \{.*\} = await (readLastOutputs.*?;)/s, "module.exports = $1");
    await writeFile(file, text);
  }
}
