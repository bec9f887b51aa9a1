import type { Run } from "../engine.js";
import type { Act } from "./act.js";
import { podsAct } from "./deployment.js";

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const REFUSAL = "LimitExceededException: no more instances of that type";

/** Clouds fail, and mostly only for a while. */
const refusalAct: Act = {
  title: "what a cloud refuses is told, and the next up does it",
  async play(stage) {
    await stage.edit({ "slipway:aws": { eks: { instanceType: "m5.large", desiredNodes: 4, maxNodes: 6 } } });
    stage.stack.setFaults([
      { token: NODE_GROUP, operation: "update", message: REFUSAL, delayMs: 500, times: 1 },
    ]);
    const refused = await stage.run("up");
    const { problems, changes } = await stage.change(["update NodeGroup aws-eks-nodes"]);
    return { problems: [...notRefused(refused, REFUSAL), ...problems], changes };
  },
};

const QUOTA = "Running On-Demand Standard instances";

/** The four nodes that there are take 8 CPUs, one more takes 10. */
const quotaAct: Act = {
  title: "what a quota does not allow is told, and the next up does it when the quota is raised",
  async play(stage) {
    await stage.edit({ "slipway:aws": { eks: { desiredNodes: 5 } } });
    stage.stack.setQuotas({ [QUOTA]: 8 });
    const refused = await stage.run("up");
    stage.stack.setQuotas({ [QUOTA]: 10 });
    const { problems, changes } = await stage.change(["update NodeGroup aws-eks-nodes"]);
    return { problems: [...notRefused(refused, "VcpuLimitExceeded"), ...problems], changes };
  },
};

/** What clouds do not let happen, on a stack whose nodes nobody has changed yet. */
export const refusalActs: readonly Act[] = [
  refusalAct,
  quotaAct,
  podsAct("after the refusals every pod is ready and apart from its like"),
];

/** In what a run did not end with that answer, of a cloud or of the program. */
export function notRefused({ outcome, errors }: Run, answer: string): string[] {
  return [
    ...(outcome === "failed" ? [] : [`expected the up to fail, it ${outcome}`]),
    ...(errors.some((error) => error.includes(answer))
      ? []
      : [`expected "${answer}" among the errors, got: ${errors.join("; ")}`]),
  ];
}
