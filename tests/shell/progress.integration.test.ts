import assert from "node:assert/strict";
import { interrupt, run } from "../../shell/programs.js";
import { type Phase, runPhases, type Tell } from "../../shell/progress.js";

/** Runs phases with what they print kept out of the test's own output; gives that too. */
async function printed<Context>(
  context: Context,
  phases: Phase<Context>[],
  record?: Tell,
): Promise<string[]> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  const lines: string[] = [];
  for (const stream of streams) stream.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  try {
    await runPhases(context, phases, record);
  } finally {
    streams.forEach((stream, index) => Object.assign(stream, { write: writes[index] }));
  }
  return lines.join("").split("\n").filter(Boolean);
}

describe("shell/progress", () => {
  it("runs phases one after the other, each with what those before it left", async () => {
    const context: { order: string[] } = { order: [] };
    const phase = (title: string): Phase<typeof context> => ({
      title,
      run: ({ order }) => void order.push(title),
    });
    const lines = await printed(context, [phase("one"), phase("two")]);
    assert.deepEqual(context.order, ["one", "two"]);
    assert.deepEqual(
      lines.map((line) => line.replace(/ (\[[\d.]+m?s\])?$/, "")),
      ["❯ one", "✔ one", "❯ two", "✔ two"],
    );
  });

  it("tells without a terminal the first line of those that come thick and fast", async () => {
    const tellMuch: Phase<object> = {
      title: "much",
      run: (_, tell) => {
        for (const line of ["", "first", "second", "third"]) tell(line);
      },
    };
    const told = (await printed({}, [tellMuch])).filter((line) => line.startsWith("›"));
    assert.deepEqual(told, ["› 0:00  much: first"]);
  });

  it("tells without a terminal every line of a phase whose every line counts", async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `+ Pod ${index} done`);
    const deploys: Phase<object> = {
      title: "deploy",
      everyLine: true,
      run: (_, tell) => {
        for (const line of lines) tell(line);
      },
    };
    const told = (await printed({}, [deploys])).filter((line) => line.startsWith("›"));
    assert.deepEqual(
      told,
      lines.map((line) => `› 0:00  deploy: ${line}`),
    );
  });

  it("records every line of every phase, with when it begins and is done, whatever is shown", async () => {
    const records: string[] = [];
    const tellMuch = (title: string) => ({
      title,
      run: (_: object, tell: Tell) => {
        for (const line of ["", "first", "second"]) tell(line);
      },
    });
    await printed({}, [tellMuch("one"), { title: "both", together: [tellMuch("two")] }], (line) =>
      records.push(line),
    );
    assert.deepEqual(
      records,
      ["one", "two"].flatMap((title) => [
        `${title}: begins`,
        `${title}: first`,
        `${title}: second`,
        `${title}: done after 0:00`,
      ]),
    );
  });

  it("goes no further after a failure, of which it tells once what it is", async () => {
    let further = false;
    await assert.rejects(
      printed({}, [
        { title: "fails", run: () => Promise.reject(new Error("no space")) },
        { title: "next", run: () => void (further = true) },
      ]),
      { message: "no space" },
    );
    assert.equal(further, false);
  });

  it("has stopped the other half, program and all, when it tells that one half failed", async () => {
    let ended = false;
    const halves: Phase<object> = {
      title: "both",
      together: [
        {
          title: "builds on",
          run: async () => {
            try {
              await run("sleep", ["60"]);
            } finally {
              ended = true;
            }
          },
        },
        { title: "fails", run: () => Promise.reject(new Error("half of it failed")) },
      ],
    };
    await assert.rejects(printed({}, [halves]), { message: "half of it failed" });
    assert.equal(ended, true);
  });

  it("starts no phase once somebody pressed Ctrl-C", async () => {
    interrupt.seen = true;
    let started = false;
    try {
      await assert.rejects(printed({}, [{ title: "any", run: () => void (started = true) }]), {
        message: "interrupted",
      });
    } finally {
      interrupt.seen = false;
    }
    assert.equal(started, false);
  });
});
