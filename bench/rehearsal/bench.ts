import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../commands/lock.js";
import { inventoryDifferences } from "../../rehearsal/acts/teardown.js";
import { liveObjects } from "../../rehearsal/checks/live-objects.js";
import { Rehearsal } from "../../rehearsal/rehearsal.js";
import type { RehearsedStack } from "../../rehearsal/stack.js";
import { buildTools, toolsAreBuilt } from "../../toolchain/tools.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { deployedBy, writeFlatCheckout } from "./flat-checkout.js";
import { isWritten } from "./flat-program.js";
import { measure, type Measured, type Operation } from "./usage.js";

const rounds = 11;
const stackName = "prod";
const settleSec = 60;

/** One program with its stack, in a world of its own. */
interface Contender {
  readonly world: Rehearsal;
  readonly stack: RehearsedStack;
}

/** What each operation took, by its name. */
type Results = Record<string, Measured[]>;

/** The stack that people use, by our program and by a flat one, from nothing to nothing, in two worlds. */
export async function run(): Promise<boolean> {
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  if (!toolsAreBuilt("rehearsal")) await withLock(() => buildTools(tell, "rehearsal"));
  const worlds: Rehearsal[] = [];
  const begin = async (checkout?: string): Promise<Contender> => {
    const world = await Rehearsal.start();
    worlds.push(world);
    const stack = await world.openStack(stackName, checkout);
    // Or the destroy would be refused; the flat program gets what ours was deployed with.
    await stack.configure((config) => (config["slipway:protection"] = false));
    return { world, stack };
  };
  try {
    const ours = await begin();
    const first = await deploy(ours, "ours");
    const resources = (await deployedBy(ours.stack)).filter(isWritten).length;
    const flat = await begin(await writeFlatCheckout(ours.stack));
    const firstOfFlat = await deploy(flat, "flat");
    await assertSame(ours, flat);
    const repeated = await alternate(rounds, {
      "ours up, nothing changed": () => measureUnchanged(ours.stack, "up"),
      "flat up, nothing changed": () => measureUnchanged(flat.stack, "up"),
      "ours preview, nothing changed": () => measureUnchanged(ours.stack, "preview"),
      "flat preview, nothing changed": () => measureUnchanged(flat.stack, "preview"),
    });
    const destroyed = await alternate(1, {
      "ours destroy": () => measure(ours.stack, "destroy"),
      "flat destroy": () => measure(flat.stack, "destroy"),
    });
    return report(resources, {
      ...prefixed("ours", first),
      ...prefixed("flat", firstOfFlat),
      ...repeated,
      ...destroyed,
    });
  } finally {
    for (const world of worlds) await world.stop();
  }
}

/** The first preview and the first up. */
async function deploy({ stack }: Contender, name: string): Promise<Results> {
  process.stderr.write(`${name}: first preview, first up\n`);
  const preview = await measure(stack, "preview");
  return { "first preview": [preview], "first up": [await measure(stack, "up")] };
}

const prefixed = (name: string, results: Results): Results =>
  Object.fromEntries(Object.entries(results).map(([what, all]) => [`${name} ${what}`, all]));

async function measureUnchanged(stack: RehearsedStack, operation: Operation): Promise<Measured> {
  const measured = await measure(stack, operation);
  const [change] = measured.changes;
  if (change !== undefined) throw new Error(`expected no change, got: ${measured.changes.join(", ")}`);
  return measured;
}

/** @throws Error when the state, the clouds or the clusters have not as much of each type */
async function assertSame(ours: Contender, flat: Contender): Promise<void> {
  const written = async ({ stack }: Contender) =>
    (await deployedBy(stack)).filter(isWritten).map(({ type }) => ({ token: type }));
  const objects = async ({ world }: Contender) => {
    const all = (await Promise.all(world.clusters.map(liveObjects))).flat();
    return all.filter(({ kind }) => !PASSING.includes(kind)).map(({ kind }) => ({ token: `object ${kind}` }));
  };
  const deadline = Date.now() + settleSec * 1000;
  for (;;) {
    const differences = [
      ...inventoryDifferences(await written(flat), await written(ours)),
      ...inventoryDifferences(flat.stack.cloud(), ours.stack.cloud()),
      ...inventoryDifferences(await objects(flat), await objects(ours)),
    ];
    if (differences.length === 0) return;
    if (Date.now() > deadline) throw new Error(`the flat program is another one: ${differences.join("; ")}`);
    await sleep(1000);
  }
}

/** What a cluster writes of its own accord, and forgets. */
const PASSING = ["Event", "Lease"];

const unchanged = ["up, nothing changed", "preview, nothing changed"] as const;
const operations = ["first preview", "first up", ...unchanged, "destroy"] as const;

type Figure = Exclude<keyof Measured, "changes">;

function report(resources: number, results: Results): boolean {
  const of = (name: string, figure: Figure) =>
    median((results[name] ?? []).map((measured) => measured[figure]));
  const figures: readonly Figure[] = ["wallSec", "engineSec", "programSec", "engineMb", "programMb"];
  table(
    [
      "operation",
      "program",
      "runs",
      "wall, s",
      "CPU engine, s",
      "program, s",
      "RSS engine, MB",
      "program, MB",
      "resources/s",
    ],
    operations.flatMap((operation) =>
      ["ours", "flat"].map((program) => {
        const name = `${program} ${operation}`;
        const rate = round(resources / of(name, "wallSec"));
        const runs = results[name]?.length ?? 0;
        return [operation, program, runs, ...figures.map((figure) => round(of(name, figure))), rate];
      }),
    ),
  );
  process.stdout.write(
    `${resources} resources, components and the engine's own providers not counted; medians.\n` +
      `The programs stay loaded, so that no run has their start in it. What the flat one lacks besides the components:\n` +
      `calls of the clouds' functions, outputs of the stack, and the process of eks with its two default providers.\n`,
  );
  const beside = (operation: string, ...parts: Figure[]) => {
    const sum = (program: string) =>
      parts.map((part) => of(`${program} ${operation}`, part)).reduce((total, part) => total + part);
    return sum("ours") / sum("flat");
  };
  for (const operation of unchanged) {
    const ratio = round(beside(operation, "engineSec", "programSec"));
    process.stdout.write(`       beside flat, CPU of ${operation}: ${ratio}\n`);
  }
  return judge([
    {
      what: "preview, nothing changed",
      got: of("ours preview, nothing changed", "wallSec"),
      atMost: round(6.3 + 0.05 * Math.max(0, resources - 100)),
      unit: " s",
    },
    ...unchanged.map((operation) => ({
      what: `beside flat, ${operation}`,
      got: beside(operation, "wallSec"),
      atMost: 1.1,
    })),
  ]);
}
