import { kubectl } from "../../tests/local/platform.js";
import { type Goal, judge, median, quantile, round, table } from "../figures.js";
import { type Contender, replicating } from "./contender.js";
import { type Endurance, endure } from "./endurance.js";
import { type Fault, KILLS } from "./faults.js";
import { naive } from "./naive.js";
import { BENCH, apply } from "./objects.js";
import { ours } from "./ours.js";
import { startWriters } from "./writers.js";

/** The peer only has to show what it does; it takes part in a few of each. */
const MOST_OF_NAIVE = { kills: 5, partitions: 2 };

export interface RedisBenchOptions {
  /** How often the primary dies or hangs. */
  readonly kills: number;
  /** How often it is cut off. */
  readonly partitions: number;
  /** Acknowledged writes at the least. */
  readonly writes: number;
}

/** Breaks Redis' primary again and again under eight writers, on the cluster that runs; a naive one beside it. */
export async function run({ kills, partitions, writes }: RedisBenchOptions): Promise<boolean> {
  await kubectl("delete", "namespace", BENCH, "--ignore-not-found", "--timeout=120s", "--request-timeout=0");
  await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: BENCH } }]);
  try {
    const mine = await measure(await ours(), plan(kills, partitions), writes);
    print(mine);
    const met = judge(goals(mine, kills + partitions + 1, writes));
    const few = plan(Math.min(kills, MOST_OF_NAIVE.kills), Math.min(partitions, MOST_OF_NAIVE.partitions));
    print(await measure(await naive(await imageOf("statefulset", "redis")), few, 0));
    return met;
  } finally {
    await kubectl("delete", "namespace", BENCH, "--wait=false");
  }
}

function plan(kills: number, partitions: number): Fault[] {
  return [
    ...Array.from({ length: kills }, (_, index) => KILLS[index % KILLS.length] as Fault),
    ...Array.from({ length: partitions }, (): Fault => "partition"),
    "loss of the volume",
  ];
}

type Result = Endurance & { readonly name: string };

async function measure(contender: Contender, planned: readonly Fault[], writes: number): Promise<Result> {
  await replicating(contender);
  const image = await imageOf("deployment", "frontend");
  const writers = await startWriters(contender, image);
  return { name: contender.name, ...(await endure(contender, writers, planned, writes)) };
}

async function imageOf(kind: string, name: string): Promise<string> {
  const path = "{.spec.template.spec.containers[0].image}";
  return await kubectl("get", kind, name, "-n", "journal", "-o", `jsonpath=${path}`);
}

function print(result: Result): void {
  const { name, acknowledged, lost, endured, failedAt = "nothing" } = result;
  const rows = [...new Set(endured.map(({ fault }) => fault))].map((fault) => {
    const seconds = silences(result, (other) => other === fault);
    return [name, fault, seconds.length, round(median(seconds)), round(Math.max(...seconds))];
  });
  table(["Redis", "fault", "times", "silent, median, s", "longest, s"], rows);
  table(
    ["Redis", "acknowledged", "lost", "times without one primary after 15 s", "did not come back from"],
    [[name, acknowledged, lost, disputed(endured), failedAt]],
  );
}

function goals(mine: Result, planned: number, writes: number): Goal[] {
  const p99 = (of: (fault: Fault) => boolean) => quantile(silences(mine, of), 0.99);
  const kills = p99((fault) => KILLS.includes(fault));
  const partitions = p99((fault) => fault === "partition");
  return [
    { what: "acknowledged", got: mine.acknowledged, atLeast: writes },
    { what: "acknowledged and lost", got: mine.lost, atMost: 0 },
    { what: "faults that it came back from", got: mine.endured.length, atLeast: planned },
    { what: "p99 until somebody can write again, killed or paused", got: kills, atMost: 3, unit: " s" },
    { what: "p99 until somebody can write again, cut off", got: partitions, atMost: 10, unit: " s" },
    { what: "faults without exactly one primary 15 s later", got: disputed(mine.endured), atMost: 0 },
  ];
}

const silences = ({ endured }: Result, of: (fault: Fault) => boolean) =>
  endured.filter(({ fault }) => of(fault)).map(({ silentSec }) => silentSec);

const disputed = (endured: Endurance["endured"]) =>
  endured.filter(({ leaders }) => leaders.length !== 1).length;
