import { Command, InvalidArgumentError } from "commander";
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { diagnose } from "./doctor.js";
import { down } from "./down.js";
import { lastOutputs } from "./engine.js";
import { defaultSettings, paths } from "./layout.js";
import { withLock } from "./lock.js";
import { interrupt, searchPath, UserError } from "./shell.js";
import { formatStatus, readStatus } from "./status.js";
import { savedSettings, up, type UpOptions } from "./up.js";

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`expected a whole number from ${minimum} to ${maximum}, got "${text}"`);
    }
    return value;
  };
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const port = wholeNumber(1, 65535);

const program = new Command("npm run")
  .description(
    "A Kubernetes on this machine, and the platform on it. Options follow two dashes: npm run up -- --nodes 2",
  )
  .showHelpAfterError("(add --help for what is allowed)");

program
  .command("up")
  .description("bring the whole platform up; what is there already stays as it is")
  .option("--nodes <count>", `nodes of the cluster (default: ${defaultSettings.nodes})`, wholeNumber(1, 9))
  .option("--http-port <port>", `port for http:// addresses (default: ${defaultSettings.httpPort})`, port)
  .option("--https-port <port>", `port for https:// addresses (default: ${defaultSettings.httpsPort})`, port)
  .option("--api-port <port>", `port of the Kubernetes API (default: ${defaultSettings.apiPort})`, port)
  .option("--kubeconfig <file>", "deploy on a cluster that exists already instead of starting one")
  .option("--context <name>", "the kubeconfig's context to use (default: its current one)")
  .option(
    "--registry <host/path>",
    "push the images there for that cluster to pull (default: slipway:images of the stack file)",
  )
  .action((options: UpOptions) =>
    withLock(async () => {
      const { urls } = await up(options);
      say("");
      for (const [app, url] of Object.entries(urls)) say(`  ${app.padEnd(12)} ${url}`);
      if (options.kubeconfig === undefined) say(`\nTo trust the certificates, import ${paths.acmeRoot}`);
      say(`Next: open an address above, or see "npm run status"; "npm run down" stops everything.`);
    }),
  );

program
  .command("down")
  .description("stop everything; the next up goes on from there")
  .option("--purge", "destroy the stack, then remove data, images and build products", false)
  .action((options: { purge: boolean }) =>
    withLock(async () => {
      await down(options);
      say(
        options.purge ? "Nothing is left. Next: npm run up" : "Stopped; the data is kept. Next: npm run up",
      );
    }),
  );

program
  .command("status")
  .description("show the nodes and the apps")
  .option("--json", "for programs", false)
  .action(async ({ json }: { json: boolean }) => {
    const status = await readStatus();
    if (json) {
      say(JSON.stringify(status));
      return;
    }
    const all = [...status.nodes, ...status.apps];
    if (all.length > 0) say(formatStatus(status));
    if (all.length > 0 && all.every(({ ready }) => ready)) return;
    say(`${all.length === 0 ? "Nothing runs" : "Not all of it is ready"}. Next: npm run up`);
    process.exitCode = 1;
  });

program
  .command("logs")
  .description("show the logs of an app's pods")
  .argument("<app>", "name of an app, as in the table of addresses")
  .option("-f, --follow", "go on as lines come", false)
  .option("--tail <lines>", "lines of each container", wholeNumber(0, 1_000_000), 100)
  .action(async (app: string, { follow, tail }: { follow: boolean; tail: number }) => {
    const apps = Object.keys((await lastOutputs()).urls);
    if (!apps.includes(app))
      throw new UserError(`expected one of the apps that run (${apps.join(", ") || "none"}), got "${app}"`);
    const pods = [
      "--selector",
      `app.kubernetes.io/name=${app}`,
      "--all-containers",
      "--prefix",
      "--max-log-requests=50",
    ];
    kubectl(["logs", "--namespace", app, ...pods, `--tail=${tail}`, ...(follow ? ["--follow"] : [])]);
  });

program
  .command("doctor")
  .description("check every precondition and say what repairs it")
  .action(async () => {
    const findings = await diagnose(await savedSettings());
    for (const { title, ok, repair } of findings)
      say(ok ? `ok       ${title}` : `PROBLEM  ${title}\n         repair: ${repair ?? ""}`);
    const healthy = findings.every(({ ok }) => ok);
    say(healthy ? "Next: npm run up" : 'Next: repair the above, then "npm run doctor" again');
    if (!healthy) process.exitCode = 1;
  });

program
  .command("kubectl")
  .description("the cluster's own kubectl with its kubeconfig")
  .allowUnknownOption()
  .helpOption(false)
  .argument("[arguments...]")
  .action((args: string[]) => {
    kubectl(args);
  });

function kubectl(args: string[]): void {
  if (!existsSync(paths.kubeconfig)) throw new UserError('there is no cluster yet; run "npm run up"');
  const env = { ...process.env, PATH: searchPath(), KUBECONFIG: paths.kubeconfig };
  process.exitCode = spawnSync(`${paths.bin}/kubectl`, args, { stdio: "inherit", env }).status ?? 1;
}

// The first Ctrl-C reaches the programs at work, which end in order; the second ends this one at once.
process.on("SIGINT", () => {
  if (interrupt.seen) process.exit(130);
  interrupt.seen = true;
  process.stderr.write(
    '\nstopping in order; press Ctrl-C again to stop at once. "npm run up" goes on from here.\n',
  );
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError) && !interrupt.seen) throw error;
  process.stderr.write(interrupt.seen ? "interrupted\n" : `\nerror: ${(error as Error).message}\n`);
  process.exitCode = interrupt.seen ? 130 : 1;
}
