import { Command, InvalidArgumentError } from "commander";
import { elsewhere, kubectlOf } from "../engine/deployed-on.js";
import { lastOutputs } from "../engine/local-stack.js";
import { defaultSettings } from "../machine/layout.js";
import { leastNodes, savedSettings, whyNodes } from "../machine/settings.js";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { recorded } from "../shell/record.js";
import { addBackupCommands } from "./backup.js";
import { diagnoseStack } from "./cloud-doctor.js";
import { diagnose } from "./doctor.js";
import { down } from "./down.js";
import { describeFinding } from "./finding.js";
import { addKubectl, kubectl, requireCluster } from "./kubectl.js";
import { withLock } from "./lock.js";
import { push, type PushOptions } from "./push.js";
import { allIsReady, formatStatus, readStatus } from "./status.js";
import { up, type UpOptions } from "./up.js";

function wholeNumber(minimum: number, maximum: number, why = ""): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(
        `expected a whole number from ${minimum} to ${maximum}, got "${text}"${why}`,
      );
    }
    return value;
  };
}

const port = wholeNumber(1, 65535);
const nodeCount = wholeNumber(leastNodes, 9, `, ${whyNodes}`);

/** Prints a line of what a command was asked for; progress and errors go elsewhere. */
export type Say = (text: string) => void;

/**
 * Every command with its options.
 *
 * @param say gets what the commands print.
 * @param fail is called by a command that did its work and has bad news.
 */
export function createCommands(say: Say, fail: () => void): Command {
  const program = new Command("npm run")
    .description(
      "A Kubernetes on this machine, and the platform on it. Options follow two dashes: npm run up -- --nodes 5",
    )
    .showHelpAfterError("(add --help for what is allowed)")
    .enablePositionalOptions();
  addUp(program, say);
  addDown(program, say);
  addStatus(program, say, fail);
  addLogs(program);
  addDoctor(program, say, fail);
  addPush(program, say);
  addBackupCommands(program, say);
  addKubectl(program, say);
  return program;
}

function addUp(program: Command, say: Say): void {
  program
    .command("up")
    .description("bring the whole platform up; what is there already stays as it is")
    .option("--nodes <count>", `nodes of the cluster, 3 to 9 (default: ${defaultSettings.nodes})`, nodeCount)
    .option("--http-port <port>", `port for http:// addresses (default: ${defaultSettings.httpPort})`, port)
    .option(
      "--https-port <port>",
      `port for https:// addresses (default: ${defaultSettings.httpsPort})`,
      port,
    )
    .option("--api-port <port>", `port of the Kubernetes API (default: ${defaultSettings.apiPort})`, port)
    .option("--kubeconfig <file>", "deploy on a cluster that exists already instead of starting one")
    .option("--context <name>", "the kubeconfig's context to use (default: its current one)")
    .option(
      "--registry <host/path>",
      "push the images there for that cluster to pull (default: slipway:images of the stack file)",
    )
    .action((options: UpOptions) =>
      withLock(() =>
        recorded("up", async (record) => {
          const { urls } = await up(options, record);
          const text = addresses(urls, options);
          record(text);
          say(text);
        }),
      ),
    );
}

/** Where the apps answer, and what to do next. */
export function addresses(
  urls: Record<string, string>,
  { kubeconfig, context }: Pick<UpOptions, "kubeconfig" | "context">,
): string {
  if (kubeconfig !== undefined) return addressesElsewhere(urls, kubeconfig, context);
  return `
${Object.entries(urls)
  .map(([app, url]) => `  ${app.padEnd(12)} ${url}`)
  .join("\n")}

To trust the certificates, import ${paths.acmeRoot}
Next: open an address above, or see "npm run status"; "npm run down" stops everything.`;
}

/** On somebody else's cluster only the names are ours; where its Ingress controller listens is not known here. */
function addressesElsewhere(urls: Record<string, string>, kubeconfig: string, context?: string): string {
  return `
${Object.entries(urls)
  .map(([app, url]) => `  ${app.padEnd(12)} answers to the name ${new URL(url).hostname}`)
  .join("\n")}

These names lead to that cluster's Ingress controller once you point them at its address.
Next: ${kubectlOf({ kubeconfig, context })} get ingress --all-namespaces`;
}

function addPush(program: Command, say: Say): void {
  program
    .command("push")
    .description("build the images, push them and write their references into the stack file")
    .argument("<stack>", 'such as "dev"')
    .option("--registry <host/path>", "one registry for all (default: the stack's own)")
    .action((stack: string, options: PushOptions) =>
      withLock(async () => {
        say(Object.values(await push(stack, options)).join("\n"));
      }),
    );
}

function addDown(program: Command, say: Say): void {
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
}

// Only by this does npm leave the output to the command; in .npmrc it would hide npm's own errors too.
const statusForPrograms = "npm run --silent status -- --json";

function addStatus(program: Command, say: Say, fail: () => void): void {
  program
    .command("status")
    .description("show the nodes and the apps; ends with 1 unless there are some and all of them are ready")
    .option("--json", `for programs: ${statusForPrograms}`, false)
    .action(async ({ json }: { json: boolean }) => {
      if (
        json &&
        process.env.npm_lifecycle_event === "status" &&
        process.env.npm_config_loglevel !== "silent"
      )
        process.stderr.write(`npm prints lines before the JSON; without them: ${statusForPrograms}\n`);
      const status = await readStatus();
      if (!allIsReady(status)) fail();
      if (json) {
        say(JSON.stringify(status));
        return;
      }
      const table = formatStatus(status);
      if (table !== "") say(table);
      if (allIsReady(status)) return;
      const other = elsewhere();
      if (other !== undefined) say(`Next: ${kubectlOf(other)} get pods --all-namespaces`);
      else say(`${table === "" ? "Nothing runs" : "Not all of it is ready"}. Next: npm run up`);
    });
}

function addLogs(program: Command): void {
  program
    .command("logs")
    .description("show the logs of an app's pods")
    .argument("<app>", "name of an app, as in the table of addresses")
    .option("-f, --follow", "go on as lines come", false)
    .option("--tail <lines>", "lines of each container", wholeNumber(0, 1_000_000), 100)
    .action(async (app: string, { follow, tail }: { follow: boolean; tail: number }) => {
      const apps = Object.keys((await lastOutputs()).urls);
      if (!apps.includes(app))
        throw new UserError(
          `expected one of the apps that run (${apps.join(", ") || 'none; run "npm run up"'}), got "${app}"`,
        );
      requireCluster();
      const pods = [
        "--selector",
        `app.kubernetes.io/name=${app}`,
        "--all-containers",
        "--prefix",
        "--max-log-requests=50",
      ];
      kubectl(["logs", "--namespace", app, ...pods, `--tail=${tail}`, ...(follow ? ["--follow"] : [])]);
    });
}

function addDoctor(program: Command, say: Say, fail: () => void): void {
  program
    .command("doctor")
    .description("check every precondition of up and say what repairs it")
    .option("--stack <name>", 'those of "pulumi up" on a stack in the clouds, such as dev')
    .action(async ({ stack }: { stack?: string }) => {
      const findings = await (stack === undefined ? diagnose(await savedSettings()) : diagnoseStack(stack));
      for (const finding of findings) say(describeFinding(finding));
      const healthy = findings.every(({ ok }) => ok);
      const [next, again] =
        stack === undefined
          ? ["npm run up", "npm run doctor"]
          : [`pulumi up --stack ${stack}`, `npm run doctor -- --stack ${stack}`];
      say(healthy ? `Next: ${next}` : `Next: repair the above, then "${again}" again`);
      if (!healthy) fail();
    });
}
