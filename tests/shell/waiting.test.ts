import assert from "node:assert/strict";
import { interrupt } from "../../shell/programs.js";
import { waitUntil } from "../../shell/waiting.js";

describe("shell/waiting", () => {
  afterEach(() => {
    interrupt.seen = false;
  });

  it("looks until the condition holds, and no longer", async () => {
    let looks = 0;
    await waitUntil(() => Promise.resolve(++looks === 3), { intervalMs: 1, retries: 2, problem: "never" });
    assert.equal(looks, 3);
  });

  it("gives up after that many more looks, and tells the problem", async () => {
    let looks = 0;
    const condition = () => ++looks === 4;
    await assert.rejects(waitUntil(condition, { intervalMs: 1, retries: 2, problem: "it never came" }), {
      message: "it never came",
    });
    assert.equal(looks, 3);
  });

  it("ends with the first look after Ctrl-C, unless the condition holds", async () => {
    interrupt.seen = true;
    const options = { intervalMs: 1, retries: 100, problem: "never" };
    await assert.rejects(
      waitUntil(() => false, options),
      { message: "interrupted" },
    );
    await waitUntil(() => true, options);
  });
});
