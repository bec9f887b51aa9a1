import { execa } from "execa";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { savedSettings } from "../../machine/settings.js";
import { paths, repository } from "../../shell/paths.js";
import { toolsAreBuilt } from "../../toolchain/tools.js";
import { judge, median, quantile, round, table } from "../figures.js";
import { controlPlaneCpuSec } from "./kubernetes.js";
import { milestoneNames, watchMilestones } from "./milestones.js";
import { podStartSeconds } from "./pods.js";
import { startApps, withoutApps } from "./without-apps.js";

const rounds = 3;
const podsAtOnce = 30;
const patienceSec = 300;

/** Stops the cluster of this checkout and starts it again, some rounds of it; with `dryRun` only looks at it. */
export async function run({ dryRun }: { dryRun: boolean }): Promise<boolean> {
  if (!toolsAreBuilt() || !existsSync(paths.kubeconfig)) {
    throw new Error('tools and images have to be there already; run "npm run up" first');
  }
  const settings = await savedSettings();
  if (dryRun) {
    const milestones = await watchMilestones(settings, Date.now(), 30, 0);
    process.stdout.write(`${JSON.stringify({ milestones, controlPlaneCpuSec: controlPlaneCpuSec() })}\n`);
    return true;
  }

  const starts: Awaited<ReturnType<typeof watchMilestones>>[] = [];
  const finished: number[] = [];
  const unchanged: number[] = [];
  const podStarts: number[] = [];
  const besideApps: number[] = [];
  for (let number = 1; number <= rounds; number++) {
    process.stderr.write(`round ${number} of ${rounds}\n`);
    await npmRun("down");
    const started = Date.now();
    const [milestones, upSec] = await Promise.all([
      watchMilestones(settings, started, patienceSec),
      npmRun("up"),
    ]);
    starts.push(milestones);
    finished.push(upSec);
    // A run before this one may have been killed while they were stopped.
    await startApps();
    unchanged.push(await npmRun("up"));
    besideApps.push(...(await podStartSeconds(podsAtOnce)));
    podStarts.push(...(await withoutApps(() => podStartSeconds(podsAtOnce))));
  }

  const at = (name: (typeof milestoneNames)[number]) => median(starts.map((start) => start[name].sec));
  const cpu = (name: (typeof milestoneNames)[number]) =>
    median(starts.map((start) => start[name].controlPlaneCpuSec));
  table(
    ["milestone", "s after the start", "control plane CPU by then, s"],
    milestoneNames.map((name) => [name, round(at(name)), round(cpu(name))]),
  );
  table(
    ["what", "median, s", "all, s"],
    [
      ["npm run up, from down to its end", round(median(finished)), finished.map(round).join(", ")],
      ["npm run up, nothing changed", round(median(unchanged)), unchanged.map(round).join(", ")],
    ],
  );
  table(
    [`${podsAtOnce} pods at once`, "pods", "p50, s", "p99, s"],
    Object.entries({ "on the cluster": podStarts, "beside the whole platform": besideApps }).map(
      ([where, seconds]) => [
        where,
        String(seconds.length),
        round(median(seconds)),
        round(quantile(seconds, 0.99)),
      ],
    ),
  );
  return judge([
    { what: "DNS answering", got: at("DNS answering"), atMost: 20, unit: " s" },
    { what: "page answering", got: at("page answering"), atMost: 60, unit: " s" },
    // The milestones of minikube's own measurement end when DNS answers.
    { what: "control plane CPU, to DNS", got: cpu("DNS answering"), atMost: 11, unit: " s" },
    { what: "nothing changed", got: median(unchanged), atMost: 15, unit: " s" },
    // As the Kubernetes SLO has it: of the cluster, and not of what runs on it besides.
    { what: `p99 of ${podsAtOnce} pods at once`, got: quantile(podStarts, 0.99), atMost: 5, unit: " s" },
  ]);
}

/** Runs a command of the project, with its output in the logs; gives the seconds that it took. */
async function npmRun(command: string): Promise<number> {
  mkdirSync(paths.logs, { recursive: true });
  const started = Date.now();
  const child = execa("npm", ["run", command], { cwd: repository, all: true, stdin: "ignore" });
  child.all.pipe(createWriteStream(join(paths.logs, "bench.log"), { flags: "a" }));
  await child;
  return (Date.now() - started) / 1000;
}
