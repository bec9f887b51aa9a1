import { execa } from "execa";
import { join } from "node:path";
import { repository } from "../../shell/paths.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { startRedis } from "../server.js";

const ROUNDS = 5;

interface Figures {
  readonly atOnce: number;
  readonly perSec: number;
  readonly cpuUs: number;
}

/** Reads a second by the journal's store, beside ioredis as it comes and with automatic pipelining. */
export async function run(): Promise<boolean> {
  const results = await alternate(ROUNDS, {
    slipway: () => measure("ours"),
    "plain ioredis": () => measure("plain"),
    "ioredis, automatic pipelining": () => measure("pipelining"),
  });
  const of = (name: string, atOnce: number, figure: "perSec" | "cpuUs") =>
    median(
      (results[name] ?? []).flat().flatMap((figures) => (figures.atOnce === atOnce ? [figures[figure]] : [])),
    );
  table(
    ["reads", "at once", "reads/s", "client CPU, us"],
    Object.keys(results).flatMap((name) =>
      [64, 1].map((atOnce) => [
        name,
        atOnce,
        Math.round(of(name, atOnce, "perSec")),
        round(of(name, atOnce, "cpuUs")),
      ]),
    ),
  );
  const ratio = (atOnce: number) => of("slipway", atOnce, "perSec") / of("plain ioredis", atOnce, "perSec");
  return judge([
    { what: "64 at once, beside plain ioredis", got: ratio(64), atLeast: 1.5 },
    { what: "one at a time, beside plain ioredis", got: ratio(1), atLeast: 0.9 },
  ]);
}

async function measure(kind: "ours" | "plain" | "pipelining"): Promise<Figures[]> {
  const { redis, port } = await startRedis();
  try {
    const reader = join(import.meta.dirname, "reader.ts");
    const args = ["--import", "slipway/typescript", reader, kind, String(port)];
    const { stdout } = await execa(process.execPath, args, { cwd: repository });
    return JSON.parse(stdout) as Figures[];
  } finally {
    await redis.stop();
  }
}
