import { setTimeout as sleep } from "node:timers/promises";
import { kubectl, until } from "../../tests/local/platform.js";
import { judge, median, quantile, round, table } from "../figures.js";
import { type Contender, leaders, replicating } from "./contender.js";
import { type Fault, faults } from "./faults.js";
import { naive } from "./naive.js";
import { BENCH, apply } from "./objects.js";
import { ours } from "./ours.js";
import { type Outage, type Writers, startWriters } from "./writers.js";

const KILLS: readonly Fault[] = ["kill -9", "forced deletion", "graceful deletion", "pause"];
const ROUNDS = 5;
const PARTITIONS = 10;
const NAIVE_KILLS = 5;
/** Both are the promise's: it counts what was written by then. */
const LEAST_WRITES = 1_000_000;
const SETTLED_MS = 15_000;
/** Written between two faults, so that each hits something and something follows. */
const SOME = 1000;

interface Result {
  readonly acknowledged: number;
  readonly lost: number;
  /** Longest time without any acknowledgement, for each fault, in seconds. */
  readonly outages: readonly (readonly [Fault, number])[];
  /** Faults after which there was not exactly one primary. */
  readonly disputed: readonly Fault[];
}

/** Breaks Redis' primary again and again under eight writers, on the cluster that runs; a naive one beside it. */
export async function run(): Promise<boolean> {
  await kubectl("delete", "namespace", BENCH, "--ignore-not-found", "--timeout=120s", "--request-timeout=0");
  await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: BENCH } }]);
  try {
    const kills = Array.from({ length: ROUNDS }, () => KILLS).flat();
    const partitions = Array.from({ length: PARTITIONS }, (): Fault => "partition");
    const mine = await endure("slipway", await ours(), [...kills, ...partitions], LEAST_WRITES);
    const naiveFaults = Array.from({ length: NAIVE_KILLS }, (): Fault => "kill -9");
    const peer = await endure("naive", await naive(await imageOf("statefulset", "redis")), naiveFaults, 0);
    return report({ slipway: mine, "naive Sentinel": peer });
  } finally {
    await kubectl("delete", "namespace", BENCH, "--wait=false");
  }
}

async function endure(
  name: string,
  contender: Contender,
  planned: readonly Fault[],
  leastWrites: number,
): Promise<Result> {
  await replicating(contender);
  const writers = await startWriters(
    `writers-of-${name}`,
    contender,
    await imageOf("deployment", "frontend"),
  );
  const disputed: Fault[] = [];
  const outages: [Fault, number][] = [];
  for (const [index, fault] of planned.entries()) {
    const since = Date.now();
    await writeOn(writers, SOME);
    const primary = await contender.primary();
    await faults[fault](contender.namespace, primary);
    await writeOn(writers, SOME);
    await sleep(SETTLED_MS);
    const leading = await leaders(contender);
    if (leading.length !== 1) disputed.push(fault);
    await replicating(contender);
    const outage = longest(writers.outages, since) / 1000;
    outages.push([fault, outage]);
    process.stderr.write(
      `${name} ${index + 1}/${planned.length}: ${fault} of ${primary}, silent for ${round(outage)} s, ` +
        `led by ${leading.join(" and ")}; ${writers.acknowledged()} acknowledged\n`,
    );
  }
  await writeOn(writers, leastWrites - writers.acknowledged());
  return { ...(await writers.stop()), outages, disputed };
}

/** Waits until so many more were acknowledged. */
async function writeOn(writers: Writers, count: number): Promise<void> {
  const enough = writers.acknowledged() + count;
  const patienceSec = 60 + count / 100;
  const problem = () => (writers.acknowledged() >= enough ? undefined : `${writers.acknowledged()}`);
  await until(`${count} more acknowledged writes`, problem, patienceSec);
}

/** Of what ended since then, for an outage is told when it is over. */
const longest = (outages: readonly Outage[], since: number) =>
  Math.max(0, ...outages.filter((outage) => outage.since + outage.ms >= since).map(({ ms }) => ms));

async function imageOf(kind: string, name: string): Promise<string> {
  const path = "{.spec.template.spec.containers[0].image}";
  return await kubectl("get", kind, name, "-n", "journal", "-o", `jsonpath=${path}`);
}

function report(results: Readonly<Record<string, Result>>): boolean {
  const rows = Object.entries(results).flatMap(([name, { outages }]) =>
    [...new Set(outages.map(([fault]) => fault))].map((fault) => {
      const seconds = outages.filter(([other]) => other === fault).map(([, sec]) => sec);
      return [name, fault, seconds.length, round(median(seconds)), round(Math.max(...seconds))];
    }),
  );
  table(["Redis", "fault", "times", "silent, median, s", "longest, s"], rows);
  const writes = Object.entries(results).map(([name, { acknowledged, lost }]) => [name, acknowledged, lost]);
  table(["Redis", "acknowledged", "lost"], writes);

  const { slipway } = results;
  if (slipway === undefined) return false;
  const p99 = (of: (fault: Fault) => boolean) =>
    quantile(
      slipway.outages.filter(([fault]) => of(fault)).map(([, seconds]) => seconds),
      0.99,
    );
  return judge([
    { what: "acknowledged and lost", got: slipway.lost, atMost: 0 },
    { what: "p99 without an answer, killed", got: p99(isKill), atMost: 3, unit: " s" },
    {
      what: "p99 without an answer, partition",
      got: p99((fault) => fault === "partition"),
      atMost: 10,
      unit: " s",
    },
    { what: "faults without one primary after 15 s", got: slipway.disputed.length, atMost: 0 },
  ]);
}

/** A pause is as long as it is, whoever leads by then. */
const isKill = (fault: Fault) => fault !== "partition" && fault !== "pause";
