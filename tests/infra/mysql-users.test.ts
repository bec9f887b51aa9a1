import assert from "node:assert/strict";
import { usersByTurns, versionProblem } from "../../infra/mysql-users.js";

/** Each user's version of the password, the one that the pods use first. */
const turns = (version: number) =>
  usersByTurns("prisma", version).map(({ name, keepers }) => `${name} ${keepers.passwordVersion}`);

describe("infra/mysql-users", () => {
  it("take turns: each version of the password is of the other user", () => {
    assert.deepEqual(turns(1), ["prisma-a 1", "prisma-b 0"]);
    assert.deepEqual(turns(2), ["prisma-b 2", "prisma-a 1"]);
    assert.deepEqual(turns(3), ["prisma-a 3", "prisma-b 2"]);
  });

  it("never change the one whom the pods of the version before still use", () => {
    for (let version = 1; version < 100; version++) {
      const [before] = turns(version);
      assert.equal(turns(version + 1)[1], before);
    }
  });

  it("take only the version that runs or the next one: any other changes the user that the pods use", () => {
    for (let running = 1; running < 10; running++) {
      const [used] = turns(running);
      for (let next = 1; next < 12; next++) {
        const problem = versionProblem(running, next);
        assert.equal(problem === undefined, turns(next).includes(used ?? ""), `${running} to ${next}`);
      }
    }
  });

  it("take any version first, and tell what is allowed instead of one that they do not take", () => {
    assert.equal(versionProblem(undefined, 7), undefined);
    assert.equal(
      versionProblem(3, 5),
      "expected 3, which the last update that was completed has set, or 4 for another password, got 5, which would change the password of the user that the pods use",
    );
  });

  it("have names that MySQL takes", () => {
    assert.equal(usersByTurns("a".repeat(30), 1)[0].name.length, 32);
    assert.throws(() => usersByTurns("a".repeat(31), 1), /expected at most 30 characters.*got "a{31}"/);
  });
});
