import fc from "fast-check";
import assert from "node:assert/strict";
import { gitHubRepository, ipRange, reachableFrom } from "../../../infra/config/values.js";

const problem = (result: { error?: { issues: { message: string }[] } }) => result.error?.issues[0]?.message;

describe("infra/config/values", () => {
  it("takes a range that begins where its prefix says, and no other", () => {
    const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), (bytes, length) => {
        const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
        const begins = !bits.slice(length).includes("1");
        assert.equal(ipRange.safeParse(`${bytes.join(".")}/${length}`).success, begins);
      }),
    );
    assert.equal(
      problem(ipRange.safeParse("10.0.0.1/16")),
      'expected the first address of the range, such as "10.0.0.0/20"',
    );
  });

  it("never opens a control plane to everybody", () => {
    assert.equal(
      problem(reachableFrom.safeParse(["198.51.100.0/24", "0.0.0.0/0"])),
      'expected networks of yours, at most a "/8"',
    );
    assert.equal(reachableFrom.safeParse(["0.0.0.0/1", "128.0.0.0/1"]).success, false);
    assert.equal(reachableFrom.safeParse([]).success, false);
    assert.equal(reachableFrom.safeParse(["198.51.100.0/24"]).success, true);
  });

  it("takes a repository as GitHub's tokens name it, with both numbers or with none", () => {
    for (const repository of ["acme/platform", "acme@1234/platform@5678", "a-b/c.d_e"])
      assert.equal(gitHubRepository.safeParse(repository).success, true, repository);
    for (const repository of [
      "acme",
      "acme@1234/platform",
      "acme/platform@5678",
      "acme/*",
      "repo:acme/platform",
    ])
      assert.equal(
        problem(gitHubRepository.safeParse(repository)),
        'expected a GitHub repository as its tokens name it, such as "acme@1234/platform@5678", or "acme/platform"',
        repository,
      );
  });
});
