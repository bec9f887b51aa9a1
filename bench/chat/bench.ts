import { execa } from "execa";
import { join } from "node:path";
import { repository } from "../../shell/paths.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { installPeers } from "../install-peers.js";
import { type Site, startOurs, startPeer } from "./sites.js";

const ROUNDS = 5;
const PEOPLE = 200;
const PER_SECOND = 500;
const MESSAGES = 1500;
const WARM_UP_MESSAGES = 300;
/** Who comes a second, and leaves two seconds later. */
const VISITORS = 4;

interface Load {
  readonly delivered: number;
  readonly expected: number;
  readonly refused: number;
  readonly wallSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Figures extends Load {
  /** Of both servers, microseconds a delivery. */
  readonly cpuUs: number;
}

/** Server CPU of a delivery by two chat servers with all that they do, beside bare Socket.io over pub/sub. */
export async function run(): Promise<boolean> {
  const peers = await installPeers("chat");
  await execa("npm", ["run", "build", "-w", "apps/chat/server"], { cwd: repository });
  const ours = join(repository, "apps/chat/server/dist/main.cjs");
  const results = await alternate(ROUNDS, {
    slipway: () => measure(() => startOurs(ours), 0),
    "bare, pub/sub": () => measure(() => startPeer(peers.chat), 0),
    "slipway, people come and go": () => measure(() => startOurs(ours), VISITORS),
    "bare, people come and go": () => measure(() => startPeer(peers.chat), VISITORS),
  });

  const of = (name: string, figure: (figures: Figures) => number) =>
    median((results[name] ?? []).map(figure));
  const cpu = (name: string) => of(name, ({ cpuUs }) => cpuUs);
  const speed = (name: string) => of(name, ({ delivered, wallSec }) => delivered / wallSec);
  table(
    ["chat", "deliveries", "CPU, us", "deliveries/s", "p50, ms", "p99, ms"],
    Object.entries(results).map(([name, runs]) => [
      name,
      runs.reduce((total, { delivered }) => total + delivered, 0),
      round(cpu(name)),
      Math.round(speed(name)),
      round(of(name, ({ p50Ms }) => p50Ms)),
      round(of(name, ({ p99Ms }) => p99Ms)),
    ]),
  );
  process.stdout.write(
    `medians of ${ROUNDS} rounds, ${PEOPLE} people in a room, ${PER_SECOND} messages/s; Node.js ${process.version}\n`,
  );
  return judge([
    {
      what: "CPU of a delivery beside bare Socket.io",
      got: cpu("slipway") / cpu("bare, pub/sub"),
      atMost: 1.15,
    },
    { what: "deliveries a second", got: speed("slipway"), atLeast: 80_000 },
  ]);
}

/** Loads fresh servers. */
async function measure(start: () => Promise<Site>, visitors: number): Promise<Figures> {
  const site = await start();
  const cpuSec = () => site.servers.reduce((sum, server) => sum + server.cpuSec(), 0);
  try {
    await load(site, WARM_UP_MESSAGES, 0);
    const before = cpuSec();
    const result = await load(site, MESSAGES, visitors);
    return { ...result, cpuUs: ((cpuSec() - before) * 1e6) / result.delivered };
  } finally {
    await site.stop();
  }
}

async function load({ ports }: Site, messages: number, visitors: number): Promise<Load> {
  const args = [join(import.meta.dirname, "load.mjs"), messages, PER_SECOND, PEOPLE, visitors, ...ports];
  const { stdout } = await execa(process.execPath, args.map(String));
  const result = JSON.parse(stdout) as Load;
  if (result.refused > 0 || result.delivered !== result.expected || result.expected === 0)
    throw new Error(stdout);
  return result;
}
