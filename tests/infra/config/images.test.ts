import assert from "node:assert/strict";
import { loadConfig } from "../../../infra/config.js";
import { record } from "../../support/program.js";
import { problemsOf, valid, without } from "./problems.js";

const image = (reference: string) => ({
  ...valid,
  "slipway:images": { ...valid["slipway:images"], redis: reference },
});

describe("infra/config", () => {
  it("says which images are missing, and where they come from", async () => {
    assert.deepEqual(await problemsOf(without("slipway:images", valid)), [
      "slipway:images.journal-frontend: missing; write the reference that was pushed",
      "slipway:images.journal-fileserver: missing; write the reference that was pushed",
      "slipway:images.redis: missing; write the reference that was pushed",
      "slipway:images.chat-server: missing; write the reference that was pushed",
      "slipway:images.chat-client: missing; write the reference that was pushed",
      "slipway:images.prisma: missing; write the reference that was pushed",
    ]);
  });

  const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
  for (const reference of [
    "redis:v1.0.1-bfeda01f",
    "registry.example:5000/slipway/redis:v10.20.30-0123456789abcdef0123456789abcdef01234567",
    `slipway.local/redis${digest}`,
    `registry.example/redis:v1.0.1-bfeda01f${digest}`,
  ]) {
    it(`takes the image ${reference}`, async () => {
      await record(
        () => {
          assert.equal(loadConfig().images.redis, reference);
        },
        { config: image(reference) },
      );
    });
  }

  for (const reference of [
    "redis",
    "redis:latest",
    "redis:v1.0.1",
    "redis:1.0.1-bfeda01f",
    "redis:v1.0.1-bfeda0",
    "redis:v1.0.1-bfedaXYZ",
    "redis@sha256:abc",
    `redis:latest${digest}`,
    `:v1.0.1-bfeda01f`,
    `redis:v1.0.1-bfeda01f extra`,
    "",
  ]) {
    it(`refuses the image "${reference}"`, async () => {
      const problems = await problemsOf(image(reference));
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /^slipway:images\.redis: expected an immutable reference/);
    });
  }
});
