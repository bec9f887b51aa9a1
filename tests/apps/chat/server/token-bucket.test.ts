import assert from "node:assert/strict";
import { TokenBucket } from "../../../../apps/chat/server/src/token-bucket.js";

describe("apps/chat/server token bucket", () => {
  it("lets a burst through, then so many a second, and says how long to wait", () => {
    let now = 0;
    const bucket = new TokenBucket(10, 3, () => now);

    const first = [bucket.take(), bucket.take(), bucket.take(), bucket.take()];
    now = 50;
    const early = bucket.take();
    now = 100;
    const later = [bucket.take(), bucket.take()];
    now = 60_000;
    const rested = [bucket.take(), bucket.take(), bucket.take(), bucket.take()];

    assert.deepEqual([first, early, later, rested], [[0, 0, 0, 100], 50, [0, 100], [0, 0, 0, 100]]);
  });
});
