import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { Crowd } from "./chat-crowd.js";
import { LocalAgent } from "./chat-guest.js";
import { describeReport } from "./chat-report.js";
import { chatServers } from "./chat-servers.js";
import { call, objects, settled, until, urlOf } from "./platform.js";

const GUESTS = 20;
const ROOMS = 2;
const IDLE = 3000;
/** Long enough that each is asked, by a ping, whether it is still there. */
const IDLE_MS = 12_000;

/** A program, not a page, that says it is somebody and then does as it likes. */
function stranger(options: { auth?: object; origin?: string; transport?: "websocket" | "polling" } = {}) {
  const { auth = { secret: randomUUID(), nickname: "stranger" }, origin, transport = "websocket" } = options;
  return io(urlOf("server.chat"), {
    auth,
    transports: [transport],
    agent: new LocalAgent() as never,
    extraHeaders: origin === undefined ? {} : { origin },
    reconnection: false,
    forceNew: true,
  });
}

const connected = (socket: Socket) =>
  until("a connection", () => (socket.connected ? undefined : "none"), 20);
const ended = (socket: Socket) =>
  until("the connection's end", () => (socket.connected ? "it lasts" : undefined), 20);
/** Whether it was let in. */
const letIn = (socket: Socket) =>
  new Promise<boolean>((resolve) => {
    socket.once("connect", () => {
      resolve(true);
    });
    socket.once("connect_error", () => {
      resolve(false);
    });
  });

const restarts = async () =>
  (await objects("pods", "-n", "chat")).flatMap(({ metadata, status }) =>
    status.containerStatuses.map(({ name, restartCount }: any) => `${metadata.name} ${name} ${restartCount}`),
  );

/** Every server with its connections, the memory of its process and the limit of its container. */
async function assertRoomLeft(): Promise<void> {
  const servers = (await chatServers()).map(({ pod, value }) => ({
    connections: value("chat_connections"),
    used: Math.round(value("process_resident_memory_bytes") / 2 ** 20),
    limit: Number(/^(\d+)Mi$/.exec(pod.spec.containers[0].resources.limits.memory)?.[1]),
  }));
  console.log(
    `      ${servers.map((each) => `${each.connections} connections in ${each.used} of ${each.limit} MiB`).join(", ")}`,
  );
  const connections = servers.reduce((sum, each) => sum + each.connections, 0);
  assert.ok(connections >= IDLE + GUESTS, `${connections} connections`);
  assert.deepEqual(
    servers.filter(({ used, limit }) => !(used < limit)),
    [],
  );
}

const attacks: Record<string, () => Promise<void>> = {
  "send events and payloads that nobody expects, and are sent away": async () => {
    const socket = stranger();
    await connected(socket);
    const wrong = [
      undefined,
      null,
      1,
      "text",
      [],
      {},
      { room: {} },
      { room: "__proto__", text: "x", id: "x" },
    ];
    for (let count = 0; count < 400 && socket.connected; count++) {
      const event =
        ["join", "send", "history", "rename", "constructor", "__proto__", "toString"][count % 7] ?? "";
      socket.emit(event, wrong[count % wrong.length], () => undefined);
    }
    await ended(socket);
  },
  "send a megabyte at once, and are cut off": async () => {
    const socket = stranger();
    await connected(socket);
    socket.emit("send", { room: "lobby", id: randomUUID(), text: "x".repeat(1_000_000) }, () => undefined);
    await ended(socket);
  },
  "flood the room with messages, and get a few of them in": async () => {
    const socket = stranger();
    await connected(socket);
    const room = `flood-${randomUUID().slice(0, 8)}`;
    await socket.emitWithAck("join", { room });
    let stored = 0;
    for (let count = 0; count < 2000 && socket.connected; count++) {
      socket.emit("send", { room, id: randomUUID(), text: "flood" }, (answer: { ok: boolean }) => {
        if (answer.ok) stored++;
      });
    }
    await ended(socket);
    assert.ok(stored <= 100, `${stored} of 2000 were stored`);
  },
  "come from another page's origin, and are not let in": async () => {
    for (const transport of ["websocket", "polling"] as const) {
      const foreign = stranger({ origin: "https://evil.example", transport });
      assert.equal(await letIn(foreign), false, `by ${transport}`);
      foreign.disconnect();
    }
    const own = stranger({ origin: urlOf("chat") });
    assert.equal(await letIn(own), true);
    own.disconnect();
  },
  "do not say who they are, and are not let in": async () => {
    for (const auth of [{}, { secret: "short", nickname: "x" }, { secret: randomUUID(), nickname: "" }]) {
      const nobody = stranger({ auth });
      assert.equal(await letIn(nobody), false, JSON.stringify(auth));
      nobody.disconnect();
    }
  },
  "open three thousand connections and say nothing": async () => {
    const sockets: Socket[] = [];
    const missing = () => IDLE - sockets.filter(({ connected }) => connected).length;
    try {
      for (let count = 1; count <= IDLE; count++) {
        sockets.push(stranger());
        // All at once would be an attack of another kind, by handshakes.
        if (count % 20 === 0) await sleep(200);
      }
      await until("all connected", () => (missing() === 0 ? undefined : `${missing()} are not`));
      await sleep(IDLE_MS);
      assert.equal(missing(), 0);
      await assertRoomLeft();
    } finally {
      for (const socket of sockets) socket.disconnect();
    }
  },
  "ask for what is not the chat's, and get nothing": async () => {
    for (const path of ["/metrics", "/readyz", "/livez", "/", "/socket.io/../metrics"]) {
      const { status } = await call(`${urlOf("server.chat")}${path}`);
      assert.equal(status, 404, path);
    }
    const { status } = await call(`${urlOf("server.chat")}/socket.io/?EIO=4&transport=polling&sid=nobody`);
    assert.equal(status, 400);
  },
};

describe("the chat's guests notice nothing of others who", () => {
  let crowd: Crowd;
  let restartsBefore: string[];

  before(async () => {
    await settled();
    restartsBefore = await restarts();
    crowd = await Crowd.enter(GUESTS, ROOMS);
  });

  after(() => {
    crowd.stop();
  });

  for (const [what, attack] of Object.entries(attacks)) {
    it(what, async () => {
      await crowd.write();
      await attack();
      await sleep(1000);
      const report = await crowd.settle();
      const { missing, duplicates, disordered, breaks, unacknowledged } = report;

      assert.deepEqual(
        { missing, duplicates, disordered, breaks, unacknowledged },
        { missing: 0, duplicates: 0, disordered: 0, breaks: 0, unacknowledged: 0 },
        describeReport(report),
      );
      assert.deepEqual(await restarts(), restartsBefore);
    });
  }
});
