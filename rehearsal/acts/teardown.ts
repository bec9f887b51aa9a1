import { isDeepStrictEqual } from "node:util";
import { changesOf } from "../changes.js";
import { wasThereBefore } from "../cloud/before.js";
import type { Existing } from "../cloud/store.js";
import type { Configuration } from "../stack.js";
import { failures, type Act, type Stage } from "./act.js";

const PROTECTION = "slipway:protection";

/** Whatever the stack file says about protection: with it nothing goes, without it everything does. */
export function teardownActs(committed: Configuration): Act[] {
  const isProtected = committed[PROTECTION] !== false;
  return [...(isProtected ? [refusalAct, unprotectedAct] : []), destroyAct];
}

const refusalAct: Act = {
  title: "a destroy is refused while the stack is protected, and deletes nothing",
  async play(stage) {
    const before = idsOf(stage.stack.cloud());
    const run = await stage.run("tryDestroy");
    const after = idsOf(stage.stack.cloud());
    const gone = before.filter((id) => !after.includes(id));
    const problems = [
      ...(run.outcome === "failed" ? [] : [`expected a refusal, the destroy ${run.outcome}`]),
      ...gone.map((id) => `deleted ${id}`),
    ];
    return { problems, changes: [] };
  },
};

const unprotectedAct: Act = {
  title: "without protection nothing is replaced or deleted",
  async play(stage) {
    await stage.edit({ [PROTECTION]: false });
    const run = await stage.run("up");
    const changes = changesOf(run.steps);
    const others = changes.filter((change) => !change.startsWith("update "));
    return { problems: [...failures(run), ...others.map((change) => `unexpected: ${change}`)], changes };
  },
};

/** The clouds refuse to delete what is still in use, so an order that is wrong fails. */
const destroyAct: Act = {
  title: "destroy deletes everything, in an order that the clouds accept, and leaves nothing",
  async play(stage) {
    const run = await stage.run("destroy");
    return { problems: [...failures(run), ...leftovers(stage)], changes: changesOf(run.steps) };
  },
};

/** What is there after a destroy, though it should not be. */
export function leftovers({ stack }: Stage): string[] {
  const inClouds = stack.cloud().filter((thing) => thing.remains === undefined && !wasThereBefore(thing));
  return [
    ...inClouds.map(({ token, id }) => `left in the cloud: ${token} ${id}`),
    ...stack.stateResources().map(({ urn }) => `left in the state: ${urn}`),
  ];
}

const idsOf = (things: readonly Existing[]) =>
  things.filter(({ remains }) => remains === undefined).map(({ token, id }) => `${token} ${id}`);

/** In what two inventories differ, counted by type: names have random parts. */
export function inventoryDifferences(got: readonly Counted[], expected: readonly Counted[]): string[] {
  const [counts, wanted] = [countsOf(got), countsOf(expected)];
  if (isDeepStrictEqual(counts, wanted)) return [];
  return [...new Set([...Object.keys(counts), ...Object.keys(wanted)])]
    .filter((token) => counts[token] !== wanted[token])
    .map((token) => `${token}: expected ${wanted[token] ?? 0}, got ${counts[token] ?? 0}`);
}

type Counted = Pick<Existing, "token" | "remains">;

function countsOf(things: readonly Counted[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { token } of things.filter(({ remains }) => remains === undefined))
    counts[token] = (counts[token] ?? 0) + 1;
  return counts;
}
