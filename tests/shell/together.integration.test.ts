import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { run, stopIfInterrupted } from "../../shell/programs.js";
import { failureBeside, together } from "../../shell/together.js";

describe("shell/together", () => {
  it("gives every answer, in order", async () => {
    const answers = await together([
      async () => {
        await sleep(5);
        return "slow";
      },
      () => Promise.resolve("fast"),
    ]);
    assert.deepEqual(answers, ["slow", "fast"]);
    assert.equal(failureBeside(), undefined);
  });

  it("ends the programs of the others when one fails, and tells of the failure only when they have ended", async () => {
    let ended = false;
    const long = async () => {
      try {
        return await run("sleep", ["60"]);
      } finally {
        ended = true;
      }
    };
    const failure = new Error("the first half failed");
    await assert.rejects(together([long, () => Promise.reject(failure)]), failure);
    assert.equal(ended, true);
  });

  it("waits for a program that ends in its own time when it is told to", async () => {
    const words: string[] = [];
    const script = "trap 'echo saved; exit 3' INT; echo ready; while :; do sleep 0.01; done";
    let ready = (): void => undefined;
    const started = new Promise<void>((resolve) => (ready = resolve));
    const careful = () =>
      run("sh", ["-c", script], {
        onLine: (line) => {
          words.push(line);
          ready();
        },
      });
    const fails = async () => {
      await started;
      throw new Error("no");
    };
    await assert.rejects(together([careful, fails]), { message: "no" });
    assert.deepEqual(words, ["ready", "saved"]);
  });

  it("lets what runs no program stop between its steps", async () => {
    let steps = 0;
    const stepwise = async () => {
      for (; steps < 1000; steps++) {
        stopIfInterrupted();
        await sleep(1);
      }
    };
    await assert.rejects(together<unknown>([stepwise, () => Promise.reject(new Error("no"))]), {
      message: "no",
    });
    assert.ok(steps < 1000, `${steps} steps`);
  });

  it("reaches what is done together inside of it", async () => {
    let ended = 0;
    const inner = () =>
      together(
        [1, 2].map(() => async () => {
          try {
            await run("sleep", ["60"]);
          } finally {
            ended++;
          }
        }),
      );
    await assert.rejects(together<unknown>([inner, () => Promise.reject(new Error("outer"))]), {
      message: "outer",
    });
    assert.equal(ended, 2);
  });
});
