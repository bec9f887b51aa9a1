import assert from "node:assert/strict";
import {
  acknowledgingReplicas,
  maxmemoryFor,
  quorumOf,
  redisConf,
  redisFiles,
} from "../../../infra/apps/redis-config.js";

const lines = (text: string) => text.split("\n");

describe("infra/apps/redis-config", () => {
  it("leaves memory for a fork and for the followers' buffers", () => {
    assert.equal(maxmemoryFor("256Mi"), 161061273);
    assert.ok(lines(redisConf("1Gi", 3)).includes("maxmemory 644245094"));
  });

  for (const line of [
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory-policy noeviction",
    "min-replicas-to-write 1",
    "replica-priority 0",
    "shutdown-on-sigterm force",
  ]) {
    it(`loses nothing that was accepted: ${line}`, () => {
      assert.ok(lines(redisConf("1Gi", 3)).includes(line));
    });
  }

  it("asks no follower where there is none", () => {
    assert.ok(lines(redisConf("1Gi", 1)).includes("min-replicas-to-write 0"));
    assert.deepEqual([1, 3, 5].map(acknowledgingReplicas), [0, 1, 1]);
  });

  it("lets more than half of the Sentinels decide", () => {
    assert.deepEqual([1, 3, 4, 5].map(quorumOf), [1, 2, 3, 3]);
  });

  it("is in files whose names the pod's commands name", () => {
    assert.deepEqual(Object.keys(redisFiles("1Gi", 3, "~app:* -@all +get")).sort(), [
      "common.sh",
      "launch.sh",
      "leave.sh",
      "live.sh",
      "ready.sh",
      "redis.conf",
      "sentinel-users.acl",
      "sentinel.conf",
      "sentinel.sh",
      "users.acl",
    ]);
  });

  it("gives every user the rights that it is named with, and none of them all", () => {
    for (const file of ["users.acl", "sentinel-users.acl"]) {
      const users = lines(redisFiles("1Gi", 3, "~app:* -@all +get")[file] ?? "").filter(Boolean);
      assert.ok(users.length >= 2);
      for (const user of users) {
        assert.match(user, /^[a-z]+ .*-@all /);
        assert.doesNotMatch(user, /\+@all|\+@admin|\+@dangerous|nopass/);
      }
    }
  });
});
