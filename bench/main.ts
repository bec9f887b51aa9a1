import { Command, InvalidArgumentError } from "commander";
import { tellingErrors } from "../shell/failures.js";

interface Options {
  dryRun: boolean;
  guests: number;
  kills: number;
  partitions: number;
  writes: number;
}

/** What is measured, and the module that does it, loaded only when it is asked for. */
interface Bench {
  about: string;
  load: () => Promise<{ run: (options: Options) => Promise<boolean> }>;
  addOptions?: (command: Command) => void;
}

const benches: Record<string, Bench> = {
  start: {
    about: "CPU and memory of loading and evaluating the program, beside Pulumi's default",
    load: () => import("./start/bench.js"),
  },
  unit: {
    about: "time of the unit and integration tests, CPU of a mocked resource",
    load: () => import("./unit/bench.js"),
  },
  journal: {
    about: "server CPU and p99 of the journal's API, beside node:http and Express",
    load: () => import("./journal/bench.js"),
  },
  chat: {
    about: "server CPU of a delivery by two chat servers, beside bare Socket.io over pub/sub",
    load: () => import("./chat/bench.js"),
  },
  "chat-faults": {
    about: "what of a chat arrives when connections are cut or a server is killed, beside bare Socket.io",
    load: () => import("./chat-faults/bench.js"),
    addOptions(command) {
      command.option("--guests <number>", "in five rooms, from 10 to 500", guestNumber, 100);
    },
  },
  prisma: {
    about: "requests a second and p99 of the GraphQL service, beside the same SQL through the bare driver",
    load: () => import("./prisma/bench.js"),
  },
  "redis-reads": {
    about: "reads a second of the journal's store, beside plain ioredis",
    load: () => import("./redis-reads/bench.js"),
  },
  images: {
    about: "size and contents of every image that was built",
    load: () => import("./images/bench.js"),
  },
  checkers: {
    about: "kube-score, kubernetes-validate and checkov over all manifests",
    load: () => import("./checkers/bench.js"),
  },
  redis: {
    about: "what is lost, and how long nobody can write, when Redis' primary dies; on the cluster that runs",
    load: () => import("./redis/bench.js"),
    addOptions(command) {
      command.option("--kills <number>", "times that the primary dies or hangs", wholeNumber, 20);
      command.option("--partitions <number>", "times that it is cut off for 20 s", wholeNumber, 10);
      command.option("--writes <number>", "acknowledged at least", wholeNumber, 1_000_000);
    },
  },
  up: {
    about: "milestones of npm run up, from a cluster that is down; it stops the one that runs",
    load: () => import("./up/bench.js"),
    addOptions(command) {
      command.option("--dry-run", "look at the cluster that runs, and stop nothing");
    },
  },
  rehearsal: {
    about: "preview, up and destroy of prod in the rehearsal, beside the same resources in one flat file",
    load: () => import("./rehearsal/bench.js"),
  },
};

const noOptions: Options = { dryRun: false, guests: 0, kills: 0, partitions: 0, writes: 0 };

const program = new Command("npm run bench --").description(
  "Measures one promise of the project and exits with 1 when it is missed. Results stand in bench/README.md.",
);
for (const [name, { about, load, addOptions }] of Object.entries(benches)) {
  const command = program.command(name).description(about);
  addOptions?.(command);
  command.action(async (given: Partial<Options>) => {
    const { run } = await load();
    if (!(await run({ ...noOptions, ...given }))) process.exitCode = 1;
  });
}
await tellingErrors(() => program.parseAsync(), process.argv.slice(2));

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number");
  return Number(text);
}

function guestNumber(text: string): number {
  const guests = wholeNumber(text);
  if (guests < 10 || guests > 500) throw new InvalidArgumentError("expected from 10 to 500");
  return guests;
}
