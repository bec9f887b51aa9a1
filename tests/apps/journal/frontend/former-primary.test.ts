import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { connectPrimary } from "../../../../apps/journal/frontend/src/redis-connection.js";
import { FakeRedis, bulk } from "./fake-redis.js";

const PRIMARY = "journal";

const array = (...texts: string[]) => `*${texts.length}\r\n${texts.map(bulk).join("")}`;
/** As the protocol's third version tells what nobody has asked for. */
const push = (kind: string, ...texts: string[]) => array(kind, ...texts).replace("*", ">");
const switchOf = (primary: string, port: number) =>
  push("message", "+switch-master", `${primary} 127.0.0.1 6379 127.0.0.1 ${port}`);

describe("apps/journal/frontend connection to the primary", () => {
  let former: FakeRedis;
  let next: FakeRedis;
  let sentinel: FakeRedis;
  let redis: Redis;
  let leader: FakeRedis;
  /** Connections that have subscribed, and were not waited for yet. */
  let subscribed: number[];
  let told: EventEmitter;

  beforeEach(async () => {
    // The former one takes connections and answers nothing but the greeting: it hangs.
    former = await FakeRedis.start(() => "");
    next = await FakeRedis.start(() => "+PONG\r\n");
    leader = former;
    subscribed = [];
    told = new EventEmitter();
    sentinel = await FakeRedis.start(([name = "", question], connection) => {
      if (name === "sentinel" && question === "get-master-addr-by-name")
        return array("127.0.0.1", String(leader.port));
      if (name !== "subscribe") return "*0\r\n";
      subscribed.push(connection);
      told.emit("subscribed");
      return `>3\r\n${bulk("subscribe")}${bulk("+switch-master")}:1\r\n`;
    });
    redis = connectPrimary({
      name: "test",
      sentinels: [{ host: "127.0.0.1", port: sentinel.port }],
      primaryName: PRIMARY,
    });
    redis.on("error", () => undefined);
    await once(redis, "ready");
  });

  afterEach(async () => {
    redis.disconnect();
    await Promise.all([former, next, sentinel].map((server) => server.stop()));
  });

  async function subscription(): Promise<number> {
    for (;;) {
      const next = subscribed.shift();
      if (next !== undefined) return next;
      await once(told, "subscribed");
    }
  }

  it("leads to another primary when a Sentinel tells of it, though the former one closes nothing", async () => {
    const unanswered = redis.ping();
    const connection = await subscription();
    // On the way errors may be told, which are no reason to stop.
    const ready = new Promise((resolve) => redis.once("ready", resolve));
    leader = next;
    sentinel.say(connection, switchOf(PRIMARY, next.port));

    await assert.rejects(unanswered, /MaxRetriesPerRequestError/);
    await ready;
    assert.equal(await redis.ping(), "PONG");
    assert.deepEqual(
      [former, next].map(({ commands }) => commands.length),
      [1, 1],
    );
  });

  it("stays where it is when the Sentinels tell of another Redis", async () => {
    const connection = await subscription();
    let closed = 0;
    redis.on("close", () => (closed += 1));
    sentinel.say(connection, switchOf("another", next.port));
    sentinel.hangUp(connection);
    const again = await subscription();
    assert.equal(closed, 0);

    sentinel.say(again, switchOf(PRIMARY, next.port));
    await once(redis, "close");
  });

  it("stays where it is when another Sentinel tells later of the primary that it leads to already", async () => {
    const connection = await subscription();
    let closed = 0;
    redis.on("close", () => (closed += 1));
    sentinel.say(connection, switchOf(PRIMARY, former.port));
    sentinel.hangUp(connection);
    const again = await subscription();
    assert.equal(closed, 0);

    sentinel.say(again, switchOf(PRIMARY, next.port));
    await once(redis, "close");
  });

  it("listens no longer once it has been ended", async () => {
    await subscription();
    redis.disconnect();
    await once(redis, "end");
    await nobodyListens();
  });

  it("listens no longer once it has been ended while it waited to connect again", async () => {
    await subscription();
    await former.stop();
    await once(redis, "reconnecting");
    redis.disconnect();
    await nobodyListens();
  });

  async function nobodyListens(): Promise<void> {
    while ((await sentinel.connections()) > 0) await sleep(5);
  }
});
