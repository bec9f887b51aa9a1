import { Command } from "commander";

/** What is measured, and the module that does it, loaded only when it is asked for. */
interface Bench {
  about: string;
  load: () => Promise<{ run: (options: { dryRun: boolean }) => Promise<boolean> }>;
}

const benches: Record<string, Bench> = {
  start: {
    about: "CPU and memory of loading and evaluating the program, beside Pulumi's default",
    load: () => import("./start/bench.js"),
  },
  unit: { about: "time of the unit tests, CPU of a mocked resource", load: () => import("./unit/bench.js") },
  journal: {
    about: "server CPU and p99 of the journal's API, beside node:http and Express",
    load: () => import("./journal/bench.js"),
  },
  prisma: {
    about: "requests a second and p99 of the GraphQL service, beside the same SQL through the bare driver",
    load: () => import("./prisma/bench.js"),
  },
  images: {
    about: "size and contents of every image that was built",
    load: () => import("./images/bench.js"),
  },
  checkers: {
    about: "kube-score, kubernetes-validate and checkov over all manifests",
    load: () => import("./checkers/bench.js"),
  },
  up: {
    about: "milestones of npm run up, from a cluster that is down; it stops the one that runs",
    load: () => import("./up/bench.js"),
  },
  rehearsal: {
    about: "preview, up and destroy of prod in the rehearsal, beside the same resources in one flat file",
    load: () => import("./rehearsal/bench.js"),
  },
};

const program = new Command("npm run bench --").description(
  "Measures one promise of the project and exits with 1 when it is missed. Results stand in bench/README.md.",
);
for (const [name, { about, load }] of Object.entries(benches)) {
  const command = program.command(name).description(about);
  if (name === "up") command.option("--dry-run", "look at the cluster that runs, and stop nothing");
  command.action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    const { run } = await load();
    if (!(await run({ dryRun }))) process.exitCode = 1;
  });
}
await program.parseAsync();
