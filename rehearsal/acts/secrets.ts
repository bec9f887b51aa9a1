import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { liveObjects } from "../checks/live-objects.js";
import { leaksIn, leaksInCluster, secretTexts } from "../checks/secrets.js";
import type { Act, Stage } from "./act.js";

/**
 * Every secret of the state, those of the configuration among them, is looked for in clear: in what the engine wrote and
 * said, in the logs of all programs, and in every object of the clusters that is no Secret.
 */
export function secretsAct(stage: Stage, logs: string): Act {
  return {
    title:
      "no secret stands in clear in a state, a log, a preview, or an object of a cluster that is no Secret",
    async play() {
      const secrets = secretTexts(await stage.stack.exportedWithSecrets());
      const files = readdirSync(logs).map((file): [string, string] => [
        `log ${file}`,
        readFileSync(join(logs, file), "utf8"),
      ]);
      const told = stage.runs.map(({ output, steps }, index): [string, string] => [
        `run ${index + 1}`,
        `${output}\n${JSON.stringify(steps)}`,
      ]);
      const objects = (await Promise.all(stage.clusters.map(liveObjects))).flat();
      const problems = [
        ...(secrets.length === 0 ? ["the state has no secret at all, so this act proves nothing"] : []),
        ...leaksIn(secrets, { state: stage.stack.stateText(), ...Object.fromEntries([...files, ...told]) }),
        ...leaksInCluster(secrets, objects),
      ];
      return { problems, changes: [] };
    },
  };
}
