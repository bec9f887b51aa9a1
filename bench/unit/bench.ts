import { join } from "node:path";
import { repository } from "../../shell/paths.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { type Measured, measured } from "../measured.js";

const rounds = 3;

interface MochaReport {
  stats: { passes: number; failures: number };
  tests: { fullTitle: string; duration?: number }[];
}

const mocha =
  (...options: string[]) =>
  () =>
    node([join(repository, "node_modules/mocha/bin/mocha.js"), "--reporter", "json", ...options]);

/** Time of all unit and integration tests, and the CPU that a mocked resource of the whole program takes. */
export async function run(): Promise<boolean> {
  const results = await alternate(rounds, {
    "all unit tests": mocha(),
    "all integration tests": mocha("--config", ".mocharc.integration.yaml"),
    "programs on mocks": () =>
      node(["--import", "slipway/typescript", join(import.meta.dirname, "program-runs.ts")]),
  });
  const reports = (name: string) => (results[name] ?? []).map(({ stdout }) => report(stdout));
  const tests = reports("all unit tests");
  const integration = reports("all integration tests");
  const resources = (results["programs on mocks"] ?? []).map(
    ({ stdout }) => JSON.parse(stdout) as { resources: number; cpuMs: number },
  );
  if ([...tests, ...integration].some(({ stats }) => stats.passes === 0 || stats.failures > 0))
    throw new Error("tests fail");

  const of = (name: string, figure: "wallSec" | "cpuSec" | "maxRssMb") =>
    round(median((results[name] ?? []).map((result) => result[figure])));
  const counts = [
    ...[tests, integration].map(([first]) => `${first?.stats.passes ?? 0} tests`),
    `${resources[0]?.resources ?? 0} resources`,
  ];
  table(
    ["what", "count", "wall, s", "CPU, s", "max RSS, MB"],
    Object.keys(results).map((name, index) => [
      name,
      counts[index] ?? "",
      of(name, "wallSec"),
      of(name, "cpuSec"),
      of(name, "maxRssMb"),
    ]),
  );
  const slow = (tests.at(-1)?.tests ?? []).toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0));
  table(
    ["slowest tests", "ms"],
    slow.slice(0, 10).map(({ fullTitle, duration = 0 }) => [fullTitle, duration]),
  );
  const perResource = median(resources.map(({ cpuMs, resources: count }) => cpuMs / count));
  return judge([
    { what: "all unit tests, wall", got: of("all unit tests", "wallSec"), atMost: 15, unit: " s" },
    { what: "CPU of a mocked resource", got: perResource, atMost: 3, unit: " ms" },
  ]);
}

const node = (args: string[]): Promise<Measured> => measured(process.execPath, args, { cwd: repository });

/** What mocha's JSON reporter says, after whatever a test has printed. */
function report(stdout: string): MochaReport {
  return JSON.parse(stdout.slice(stdout.indexOf('{\n  "stats"'))) as MochaReport;
}
