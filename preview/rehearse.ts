import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { withLock } from "../commands/lock.js";
import type { Run } from "../rehearsal/engine.js";
import { Rehearsal } from "../rehearsal/rehearsal.js";
import type { Configuration, RehearsedStack } from "../rehearsal/stack.js";
import { UserError } from "../shell/errors.js";
import { repository } from "../shell/paths.js";
import type { Tell } from "../shell/progress.js";
import { buildTools, toolsAreBuilt } from "../toolchain/tools.js";
import { changesOf } from "./changes.js";
import { withCheckout } from "./checkout.js";
import type { StackReport } from "./report.js";

const longestFailure = 10_000;

/** What a first `pulumi up` of the stack would create. */
export async function previewFirst(stack: string, tell: Tell): Promise<StackReport> {
  checkStack(stack, repository);
  await prepareTools(tell);
  // Nothing is deployed, so there is no cluster to ask.
  const rehearsal = await Rehearsal.start({ clusters: [] });
  try {
    tell("previewing");
    return await previewOf(await rehearsal.openStack(stack), stack);
  } finally {
    await rehearsal.stop();
  }
}

/** What this checkout changes in a stack that was deployed from a git ref. */
export async function previewAgainst(stack: string, ref: string, tell: Tell): Promise<StackReport> {
  checkStack(stack, repository);
  await prepareTools(tell);
  return await withCheckout(repository, ref, tell, async ({ folder, commit }) => {
    // A ref such as HEAD^1 says little to who reads it elsewhere.
    const against = /^[\w./-]{1,60}$/.test(ref) && ref !== "HEAD" ? ref : commit.slice(0, 12);
    if (!existsSync(stackFile(folder, stack))) {
      tell(`there is no stack "${stack}" at ${ref}: all of it is new`);
      return await previewFirst(stack, tell);
    }
    const rehearsal = await Rehearsal.start();
    try {
      tell(`deploying ${ref} in the rehearsal`);
      const rehearsed = await rehearsal.openStack(stack, folder);
      const deployed = await rehearsed.up();
      if (deployed.outcome !== "succeeded") {
        const failure = `${ref} itself cannot be deployed in the rehearsal:\n${failureOf(deployed)}`;
        return { stack, against, unchanged: 0, changes: [], failure };
      }
      tell("previewing this checkout against it");
      await rehearsed.configure((config) => {
        for (const key of Object.keys(config)) Reflect.deleteProperty(config, key);
        Object.assign(config, configurationOf(repository, stack));
      });
      await rehearsed.useProgram(repository);
      return { ...(await previewOf(rehearsed, stack)), against };
    } finally {
      await rehearsal.stop();
    }
  });
}

/** The engine, its providers and the clusters' programs, from source; the first time this takes long. */
async function prepareTools(tell: Tell): Promise<void> {
  if (!toolsAreBuilt("rehearsal")) await withLock(() => buildTools(tell, "rehearsal"));
}

async function previewOf(rehearsed: RehearsedStack, stack: string): Promise<StackReport> {
  const events: EngineEvent[] = [];
  const run = await rehearsed.preview({ onEvent: (event) => events.push(event) });
  const { unchanged, changes } = changesOf(events);
  const report = { stack, unchanged, changes: [...changes] };
  return run.outcome === "succeeded" ? report : { ...report, failure: failureOf(run) };
}

/** The engine's errors; where it gave none, the end of what it printed. */
function failureOf({ errors, output }: Run): string {
  const text =
    errors.length > 0 ? [...new Set(errors)].join("\n") : output.trimEnd().split("\n").slice(-20).join("\n");
  return text.slice(0, longestFailure);
}

const stackFile = (folder: string, stack: string) => join(folder, `Pulumi.${stack}.yaml`);

function checkStack(stack: string, folder: string): void {
  // The local stack is the machine's: `npm run up` shows what it does, and a cloud has no part in it.
  const known = /^[a-z][a-z0-9-]*$/.test(stack) && stack !== "local" && existsSync(stackFile(folder, stack));
  if (!known)
    throw new UserError(`expected a stack with a file Pulumi.<stack>.yaml, "dev" or "prod", got "${stack}"`);
}

/** Secrets are left out: only the stack's own passphrase or key opens them, and a rehearsal needs none of them. */
function configurationOf(folder: string, stack: string): Configuration {
  const { config = {} } = parse(readFileSync(stackFile(folder, stack), "utf8")) as { config?: Configuration };
  const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isSecret(value)));
}
