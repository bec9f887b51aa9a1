import type { Rehearsal } from "../rehearsal.js";
import type { RehearsedStack } from "../stack.js";
import { Stage, type Act } from "./act.js";
import { deploymentActs } from "./deployment.js";
import { everydayActs } from "./everyday.js";
import { interruptionActs } from "./interruptions.js";
import { secretsAct } from "./secrets.js";
import { teardownActs } from "./teardown.js";

export type { Act, Played } from "./act.js";

/** The whole rehearsal of a stack, in order: each act goes on from where the one before left it. */
export function actsOf(rehearsal: Rehearsal, stack: RehearsedStack): { stage: Stage; acts: Act[] } {
  const stage = new Stage(stack, rehearsal.clusters);
  const acts = [
    ...deploymentActs(stage),
    ...everydayActs(stage),
    secretsAct(stage, rehearsal.logs),
    ...teardownActs(stage),
    ...interruptionActs(stage),
  ];
  return { stage, acts };
}
