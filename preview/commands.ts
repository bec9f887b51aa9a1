import { Command } from "commander";
import { writeFile } from "node:fs/promises";
import type { Tell } from "../shell/progress.js";
import { reportMarkdown } from "./markdown.js";
import { isRisky, type StackReport } from "./report.js";
import { reportText } from "./text.js";

/** Ways of the command to end, besides 0. */
const exitCodes = { failed: 1, risky: 3 };

export interface Previews {
  readonly first: (stack: string, tell: Tell) => Promise<StackReport>;
  readonly against: (stack: string, ref: string, tell: Tell) => Promise<StackReport>;
}

export interface Surroundings {
  /** Prints the result. */
  readonly say: (text: string) => void;

  /** Prints progress. */
  readonly tell: Tell;
  readonly exitWith: (code: number) => void;
}

interface OutputOptions {
  json?: string;
  markdown?: string;
  failOnRisk: boolean;
}

const help = `
Ends with 0; with ${exitCodes.failed} if the stack cannot be previewed; with ${exitCodes.risky} if --fail-on-risk is given and something could lose data
or stop service. Needs no account, no key and no network but the package registries'.`;

/** `npm run preview` and `npm run diff`. */
export function createCommands(previews: Previews, surroundings: Surroundings): Command {
  const program = new Command("npm run")
    .description("What a deployment would do, by the real engine in a rehearsal of the clouds")
    .showHelpAfterError("(add --help for what is allowed)");
  const add = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .argument("<stack>", 'name of a stack, such as "dev"')
      .option(
        "--json <file>",
        'write the report there, for programs ("-" for standard output, by "npm run --silent")',
      )
      .option("--markdown <file>", 'write the report there, for people on GitHub ("-" as above)')
      .option("--fail-on-risk", "end with another code if something could lose data or stop service", false)
      .addHelpText("after", help);

  add("preview", "what a first deployment of the stack would create").action(
    async (stack: string, options: OutputOptions) => {
      await give(await previews.first(stack, surroundings.tell), options, surroundings);
    },
  );
  add("diff", "what this checkout changes in a stack that was deployed from a git ref")
    .argument("<ref>", 'such as "origin/main"')
    .action(async (stack: string, ref: string, options: OutputOptions) => {
      await give(await previews.against(stack, ref, surroundings.tell), options, surroundings);
    });
  return program;
}

async function give(report: StackReport, options: OutputOptions, surroundings: Surroundings): Promise<void> {
  const { json, markdown, failOnRisk } = options;
  const forms: [string | undefined, () => string][] = [
    [json, () => JSON.stringify(report)],
    [markdown, () => reportMarkdown([report])],
  ];
  const chosen = forms.filter(([file]) => file !== undefined);
  for (const [file, text] of chosen) {
    if (file === "-") surroundings.say(text());
    else if (file !== undefined) await writeFile(file, `${text()}\n`);
  }
  if (!chosen.some(([file]) => file === "-")) surroundings.say(reportText(report));
  if (report.failure !== undefined) surroundings.exitWith(exitCodes.failed);
  else if (failOnRisk && isRisky(report)) surroundings.exitWith(exitCodes.risky);
}
