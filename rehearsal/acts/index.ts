import type { Configuration } from "../stack.js";
import type { Act } from "./act.js";
import { deploymentActs } from "./deployment.js";
import { everydayActs } from "./everyday.js";
import { interruptionActs } from "./interruptions.js";
import { referencesAct } from "./references.js";
import { refusalActs } from "./refusals.js";
import { secretsAct } from "./secrets.js";
import { teardownActs } from "./teardown.js";

export { Stage, type Act, type Played } from "./act.js";

/**
 * The whole rehearsal of a stack, in parts that share nothing and can be played side by side; in each an act goes on
 * from where the one before left it.
 *
 * @param committed what the stack file says
 */
export function partsOf(committed: Configuration): readonly (readonly Act[])[] {
  return [
    [
      ...deploymentActs,
      referencesAct,
      secretsAct("after the first up"),
      ...everydayActs(committed),
      secretsAct("after all changes"),
      ...teardownActs(committed),
    ],
    [...interruptionActs, ...refusalActs, secretsAct("after the interruptions and refusals")],
  ];
}
