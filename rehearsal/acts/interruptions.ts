import { changesOf } from "../changes.js";
import { wasThereBefore } from "../cloud/before.js";
import type { Run } from "../engine.js";
import type { Step } from "../events.js";
import { pendingOperations } from "../pending.js";
import { failures, type Act, type Stage } from "./act.js";
import { podProblems } from "./deployment.js";
import { inventoryDifferences, leftovers } from "./teardown.js";

/** Kills during the creation of everything, and during its deletion. */
const CREATIONS = 7;
const DELETIONS = 3;

/** Moments, as shares of the whole, that are the same for the same seed. */
function moments(firstSeed: number, count: number): number[] {
  const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
  return seeds.map((seed) => 0.02 + 0.93 * random(seed)).sort((a, b) => a - b);
}

/** A number from 0 to below 1: mulberry32, of which one draw is made. */
function random(seed: number): number {
  let value = (seed + 0x6d2b79f5) | 0;
  value = Math.imul(value ^ (value >>> 15), value | 1);
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
  return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * The engine is killed, as the kernel does it, at ten moments that ten seeds choose; each next run goes on from there.
 * Between them a person does what the runbook says about what was made and not written down. They begin with nothing,
 * so another world can play them while the other acts are played.
 */
export const interruptionActs: readonly Act[] = [
  {
    title: `an up that is killed ${CREATIONS} times is completed by the next, and nothing exists twice`,
    async play(stage) {
      const { stack } = stage;
      await stage.edit({ "slipway:protection": false });
      const preview = await stage.run("preview");
      stage.foreseen = changesOf(preview.steps);
      const problems = await killAt(stage, "up", moments(1, CREATIONS), preview.steps.length);
      const last = await stage.run("up");
      // A refresh writes down of a Deployment that an autoscaler is just growing that it is not ready, and the next up
      // looks after it again.
      const unsettled = await podProblems(stage);
      const refreshed = await stage.run("refresh");
      const unchanged = await stage.change([]);
      const made = stack.cloud().filter((thing) => !wasThereBefore(thing));
      const difference = inventoryDifferences(made, createdInClouds(preview.steps));
      const failed = [preview, last, refreshed].flatMap(failures);
      const all = [...problems, ...failed, ...unsettled, ...unchanged.problems, ...difference];
      return { problems: all, changes: [] };
    },
  },
  {
    title: `a destroy that is killed ${DELETIONS} times is completed by the next, and leaves nothing`,
    async play(stage) {
      const total = stage.stack.stateResources().length;
      const problems = await killAt(stage, "destroy", moments(1 + CREATIONS, DELETIONS), total);
      const last = await stage.run("destroy");
      const pending = pendingOperations(stage.stack.stateText()).map(
        ({ type, resource }) => `pending: ${type} ${resource.urn}`,
      );
      return { problems: [...problems, ...failures(last), ...leftovers(stage), ...pending], changes: [] };
    },
  },
  {
    title: "what was destroyed is created again, though clouds keep some names for a while",
    play: (stage) => stage.change(stage.foreseen),
  },
];

/** What a run creates in the simulated clouds. */
export const createdInClouds = (steps: readonly Step[]) =>
  steps
    .filter(({ op, type }) => op === "create" && /^(gcp|aws):/.test(type))
    .map(({ type }) => ({ token: type }));

/** Runs the operation again and again, killing it at those shares of all its steps. */
async function killAt(
  stage: Stage,
  operation: "up" | "destroy",
  shares: readonly number[],
  total: number,
): Promise<string[]> {
  const problems: string[] = [];
  let done = 0;
  for (const share of shares) {
    const after = Math.max(1, Math.round(share * total) - done);
    const run = await killAfter(stage, operation, after);
    done += run.steps.length;
    if (run.outcome !== "killed")
      problems.push(...failures(run), `expected a kill after ${after} steps: ${run.outcome}`);
    await stage.stack.recover();
  }
  return problems;
}

function killAfter(stage: Stage, operation: "up" | "destroy", count: number): Promise<Run> {
  let steps = 0;
  return stage.run(operation, {
    onStep: (_step, kill) => {
      steps++;
      if (steps === count) kill();
    },
  });
}
