import { changesOf, unexpected } from "../changes.js";
import { liveObjects } from "../checks/live-objects.js";
import { podComplaints } from "../checks/pods.js";
import { wasThereBefore } from "../cloud/before.js";
import { failures, type Act, type Stage } from "./act.js";

/** From nothing to everything, and that it stays so. */
export function deploymentActs(stage: Stage): Act[] {
  const { stack } = stage;
  let foreseen: readonly string[] = [];
  return [
    {
      title: "a preview creates everything, and makes nothing",
      async play() {
        const run = await stage.run("preview");
        foreseen = changesOf(run.steps);
        const others = foreseen.filter((change) => !change.startsWith("create "));
        const made = stack.cloud().filter((thing) => !wasThereBefore(thing));
        return {
          problems: [
            ...failures(run),
            ...others.map((change) => `unexpected: ${change}`),
            ...made.map(({ id }) => `the preview made ${id}`),
          ],
          changes: foreseen,
        };
      },
    },
    {
      title: "the first up creates what the preview said",
      async play() {
        const played = await stage.change(foreseen);
        stage.complete = stack.cloud();
        stage.resources = played.changes.length;
        return played;
      },
    },
    {
      title: "a second up changes nothing",
      play: () => stage.change([]),
    },
    {
      title: "a preview after it proposes nothing",
      async play() {
        const run = await stage.run("preview");
        const changes = changesOf(run.steps);
        return { problems: [...failures(run), ...unexpected(changes, [])], changes };
      },
    },
    podsAct(stage, "every pod is admitted, within its quota, scheduled, ready, and apart from its like"),
  ];
}

const SETTLE_SECONDS = 60;

/** Pods that lost their node are somewhere else soon. */
export function podsAct({ clusters }: Stage, title: string): Act {
  return {
    title,
    async play() {
      const look = async () =>
        (await Promise.all(clusters.map(liveObjects))).flatMap((objects) => podComplaints(objects));
      let problems = await look();
      for (
        const deadline = Date.now() + SETTLE_SECONDS * 1000;
        problems.length > 0 && Date.now() < deadline;
      ) {
        problems = await look();
      }
      return { problems, changes: [] };
    },
  };
}
