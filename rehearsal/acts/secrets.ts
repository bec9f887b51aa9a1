import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { liveObjects } from "../checks/live-objects.js";
import { leaksIn, leaksInCluster, linesBelow, secretTexts } from "../checks/secrets.js";
import type { Act } from "./act.js";

/**
 * Every secret that the stack has had so far, those of the configuration among them, is looked for in clear: in what the
 * engine wrote, the history of its runs too, and said, in the logs of all programs, and in every object of the clusters
 * that is no Secret.
 */
export const secretsAct = (when: string): Act => ({
  title: `${when} no secret stands in clear in a state, its history, a log, a preview, or an object that is no Secret`,
  async play({ stack, clusters, runs, logs, secrets }) {
    for (const text of secretTexts(await stack.exportedWithSecrets())) secrets.add(text);
    const files = readdirSync(logs).map((file): [string, string] => [
      `log ${file}`,
      readFileSync(join(logs, file), "utf8"),
    ]);
    const told = runs.map(({ output, steps }, index): [string, string] => [
      `run ${index + 1}`,
      `${output}\n${JSON.stringify(steps)}`,
    ]);
    const objects = (await Promise.all(clusters.map(liveObjects))).flat();
    const problems = [
      ...(secrets.size === 0 ? ["the stack has no secret at all, so this act proves nothing"] : []),
      ...leaksIn([...secrets], {
        backend: linesBelow(stack.backendFolder),
        ...Object.fromEntries([...files, ...told]),
      }),
      ...leaksInCluster([...secrets], objects),
    ];
    return { problems, changes: [] };
  },
});
