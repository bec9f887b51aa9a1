import { execa } from "execa";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../shell/paths.js";
import { type Site, startOurs, startPeer } from "../chat/sites.js";
import { type Goal, alternate, judge, quantile, round, table } from "../figures.js";
import { installPeers } from "../install-peers.js";
import { Crowd, type CrowdReport } from "./crowd.js";
import { type Guest, type GuestOptions, bareGuest, slipwayGuest } from "./guests.js";

const PER_SECOND = 30;
const CUTTING_MS = 40_000;
const BEFORE_KILL_MS = 10_000;
const AWAY_MS = 2000;
const AFTER_KILL_MS = 18_000;

interface Contender {
  readonly start: () => Promise<Site>;
  readonly guestIn: (options: GuestOptions) => Guest;
}

const faults: Record<string, (crowd: Crowd, site: Site) => Promise<void>> = {
  "connections cut": (crowd) => crowd.cut(CUTTING_MS, () => 8000 + Math.random() * 6000),
  "server killed": async (_crowd, site) => {
    await sleep(BEFORE_KILL_MS);
    await site.restart(0, AWAY_MS);
    await sleep(AFTER_KILL_MS);
  },
};

const HEAD = [
  "chat",
  "fault",
  "breaks",
  "acknowledged/sent",
  "expected",
  "delivered, %",
  "twice",
  "out of order",
  "replay p99, ms",
];

/** What arrives when connections are cut and when a server dies, beside bare Socket.io over both of its adapters. */
export async function run({ guests }: { guests: number }): Promise<boolean> {
  const contenders = Object.entries(await buildContenders());
  const rows: (string | number)[][] = [];
  const goals: Goal[] = [];
  for (const [fault, happens] of Object.entries(faults)) {
    process.stderr.write(`${fault}\n`);
    const measures = contenders.map(
      ([name, contender]) => [name, () => measure(contender, guests, happens)] as const,
    );
    const results = await alternate(1, Object.fromEntries(measures));
    for (const [name, reports] of Object.entries(results)) {
      rows.push(...reports.map((report) => [name, fault, ...cellsOf(report)]));
      if (name === "slipway") goals.push(...reports.flatMap((report) => goalsOf(fault, report)));
    }
  }
  table(HEAD, rows);
  const load = round(loadavg()[0] ?? NaN);
  process.stdout.write(
    `one round, ${guests} guests, ${PER_SECOND} messages/s; load average ${load}; Node.js ${process.version}\n`,
  );
  return judge(goals);
}

async function buildContenders(): Promise<Record<string, Contender>> {
  const peers = await installPeers("chat", "chat-streams");
  await execa("npm", ["run", "build", "-w", "apps/chat/server"], { cwd: repository });
  const ours = join(repository, "apps/chat/server/dist/main.cjs");
  return {
    slipway: { start: () => startOurs(ours), guestIn: slipwayGuest },
    "bare, pub/sub": { start: () => startPeer(peers.chat), guestIn: bareGuest },
    "bare, streams and recovery": { start: () => startPeer(peers["chat-streams"]), guestIn: bareGuest },
  };
}

/** Lets one fault happen to fresh servers. */
async function measure(
  { start, guestIn }: Contender,
  guests: number,
  happens: (crowd: Crowd, site: Site) => Promise<void>,
): Promise<CrowdReport> {
  const site = await start();
  const crowd = new Crowd(guestIn, site.ports, guests);
  try {
    await crowd.enter();
    const writing = crowd.write(PER_SECOND);
    await happens(crowd, site);
    const report = await crowd.settle();
    await writing;
    if (report.expected === 0 || report.breaks === 0) throw new Error(JSON.stringify(report));
    return report;
  } finally {
    crowd.leave();
    await site.stop();
  }
}

function cellsOf(report: CrowdReport): (string | number)[] {
  const { breaks, acknowledged, sent, expected, delivered, twice, disordered, replaysMs } = report;
  const p99 = quantile(replaysMs, 0.99);
  return [
    breaks,
    `${acknowledged}/${sent}`,
    expected,
    // Cut, not rounded: 100 is said of nothing less.
    Math.floor((delivered / expected) * 10_000) / 100,
    twice,
    disordered,
    p99 === Infinity ? "never" : round(p99),
  ];
}

function goalsOf(fault: string, { expected, delivered, twice, disordered, replaysMs }: CrowdReport): Goal[] {
  return [
    { what: `${fault}: deliveries that are missing`, got: expected - delivered, atMost: 0 },
    { what: `${fault}: shown twice`, got: twice, atMost: 0 },
    { what: `${fault}: out of order`, got: disordered, atMost: 0 },
    { what: `${fault}: p99 of a replay`, got: quantile(replaysMs, 0.99), unit: " ms", atMost: 1500 },
  ];
}
