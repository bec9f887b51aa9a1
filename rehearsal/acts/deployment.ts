import { setTimeout as sleep } from "node:timers/promises";
import { changesOf, unexpected } from "../changes.js";
import { liveObjects } from "../checks/live-objects.js";
import { podComplaints } from "../checks/pods.js";
import { wasThereBefore } from "../cloud/before.js";
import { failures, type Act, type Stage } from "./act.js";

const SETTLE_SECONDS = 60;
const LOOK_AGAIN_MS = 500;

/** Pods that lost their node are somewhere else soon. */
export const podsAct = (title: string): Act => ({
  title,
  play: async (stage) => ({ problems: await podProblems(stage), changes: [] }),
});

/** What is wrong with the pods when they have had time to settle. */
export async function podProblems({ clusters }: Stage): Promise<string[]> {
  const look = async () => (await Promise.all(clusters.map(liveObjects))).flatMap(podComplaints);
  const deadline = Date.now() + SETTLE_SECONDS * 1000;
  let problems = await look();
  while (problems.length > 0 && Date.now() < deadline) {
    await sleep(LOOK_AGAIN_MS);
    problems = await look();
  }
  return problems;
}

/** From nothing to everything, and that it stays so. */
export const deploymentActs: readonly Act[] = [
  {
    title: "a preview creates everything, and makes nothing",
    async play(stage) {
      const run = await stage.run("previewInFull");
      stage.foreseen = changesOf(run.steps);
      const others = stage.foreseen.filter((change) => !change.startsWith("create "));
      const made = stage.stack.cloud().filter((thing) => !wasThereBefore(thing));
      return {
        problems: [
          ...failures(run),
          ...others.map((change) => `unexpected: ${change}`),
          ...made.map(({ id }) => `the preview made ${id}`),
        ],
        changes: stage.foreseen,
      };
    },
  },
  {
    title: "the first up creates what the preview said",
    async play(stage) {
      const played = await stage.change(stage.foreseen);
      stage.resources = played.changes.length;
      return played;
    },
  },
  {
    title: "a second up changes nothing",
    play: (stage) => stage.change([]),
  },
  {
    title: "a preview after it proposes nothing",
    async play(stage) {
      const run = await stage.run("preview");
      const changes = changesOf(run.steps);
      return { problems: [...failures(run), ...unexpected(run.steps, [])], changes };
    },
  },
  {
    title: "the state names no file of the program, which lies elsewhere on another machine",
    play({ stack }) {
      const resources = stack.stateResources();
      const positions = resources.flatMap(({ sourcePosition, stackTrace = [] }) => [
        sourcePosition,
        ...stackTrace.map((frame) => frame.sourcePosition),
      ]);
      // The eks provider is a program too, and notes files of its own.
      const named = [...new Set(positions.filter((position) => position?.includes("/infra/")))];
      const problems = named.map((position) => `in the state: ${position}`);
      return Promise.resolve({
        problems: resources.length > 0 ? problems : ["the state has no resources"],
        changes: [],
      });
    },
  },
  podsAct("every pod is admitted, within its quota, scheduled, ready, and apart from its like"),
];
