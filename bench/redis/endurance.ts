import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../tests/local/platform.js";
import { round } from "../figures.js";
import { type Contender, leaders, replicating } from "./contender.js";
import { type Fault, faults } from "./faults.js";
import type { Outage, Writers } from "./writers.js";

/** After this time everybody has to agree who leads. */
const SETTLED_MS = 15_000;
/** Written between two faults, so that each hits something and something follows. */
const SOME = 1000;

export interface Endured {
  readonly fault: Fault;
  /** Longest time without any acknowledgement, in seconds. */
  readonly silentSec: number;
  /** Pods that took themselves for the primary 15 s after the fault was over. */
  readonly leaders: readonly string[];
}

export interface Endurance {
  readonly acknowledged: number;
  readonly lost: number;
  readonly endured: readonly Endured[];
  /** The fault after which it did not come back by itself; none came after that. */
  readonly failedAt?: string;
}

/** Breaks the primary in every planned way, one after the other, while the writers write. */
export async function endure(
  contender: Contender,
  writers: Writers,
  planned: readonly Fault[],
  leastWrites: number,
): Promise<Endurance> {
  const endured: Endured[] = [];
  try {
    for (const fault of planned) {
      endured.push(await befall(contender, writers, fault));
      const { silentSec, leaders } = endured.at(-1) as Endured;
      process.stderr.write(
        `${contender.name} ${endured.length}/${planned.length}: ${fault}, silent for ${round(silentSec)} s, ` +
          `led by ${leaders.join(" and ")}; ${writers.acknowledged()} acknowledged\n`,
      );
    }
    await writeOn(writers, leastWrites - writers.acknowledged());
  } catch (error) {
    // What was written until then is still to be counted.
    const failedAt = `${planned[endured.length] ?? "the end"}: ${String(error)}`;
    process.stderr.write(`${contender.name}: ${failedAt}\n`);
    return { ...(await writers.stop()), endured, failedAt };
  }
  return { ...(await writers.stop()), endured };
}

async function befall(contender: Contender, writers: Writers, fault: Fault): Promise<Endured> {
  await writeOn(writers, SOME);
  const primary = await contender.primary();
  const since = Date.now();
  await faults[fault](contender.namespace, primary);
  const over = Date.now();
  await writeOn(writers, SOME);
  await sleep(Math.max(0, over + SETTLED_MS - Date.now()));
  const leading = await leaders(contender);
  await replicating(contender);
  return { fault, silentSec: longest(writers.outages, since) / 1000, leaders: leading };
}

/** Waits until so many more were acknowledged. */
async function writeOn(writers: Writers, count: number): Promise<void> {
  const enough = writers.acknowledged() + count;
  const patienceSec = 90 + count / 100;
  const problem = () => (writers.acknowledged() >= enough ? undefined : `${writers.acknowledged()}`);
  await until(`${count} more acknowledged writes`, problem, patienceSec);
}

/** Of what ended since then, for an outage is told when it is over. */
const longest = (outages: readonly Outage[], since: number) =>
  Math.max(0, ...outages.filter((outage) => outage.since + outage.ms >= since).map(({ ms }) => ms));
