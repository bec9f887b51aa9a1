import assert from "node:assert/strict";
import { MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { moveEverybody } from "../../../../apps/chat/server/src/drain.js";
import { draftOf } from "../messages.js";
import { Site, until } from "../server/running-chat.js";
import { Person } from "./person.js";
import { Proxy } from "./proxy.js";

describe("apps/chat/client over a connection that breaks", () => {
  let site: Site;
  let proxy: Proxy;
  let people: Person[];
  beforeEach(() => {
    site = new Site();
    proxy = new Proxy();
    people = [];
  });
  afterEach(async () => {
    for (const { socket } of people) socket.disconnect();
    proxy.stop();
    await site.stop();
  });

  function person(...args: ConstructorParameters<typeof Person>): Person {
    const made = new Person(...args);
    people.push(made);
    return made;
  }

  async function two(...servers: Awaited<ReturnType<Site["server"]>>[]): Promise<[Person, Person]> {
    await proxy.start(...servers.map(({ url }) => url));
    const [dock, pier] = [person(proxy.url, "Dock").enter(), person(proxy.url, "Pier").enter()];
    await until(() => dock.presence?.count === 2 && pier.presence?.count === 2);
    return [dock, pier];
  }

  /** Puts so many messages into the lobby at once, which takes a person a while. */
  const fill = (count: number) =>
    site.store.append(
      Array.from({ length: count }, (_, index) => draftOf(String(index))),
      () => 0,
    );

  it("shows what was said while it was away, once and in order, and sends what was written", async () => {
    const [one, other] = await Promise.all([site.server(), site.server()]);
    const [dock, pier] = await two(one, other);
    dock.chat.say("lobby", "1");
    await until(() => pier.shown().length === 1);

    proxy.targets = [];
    proxy.cut();
    await until(() => dock.chat.state === "reconnecting" && pier.chat.state === "reconnecting");
    pier.chat.say("lobby", "2");
    pier.chat.say("lobby", "3");
    assert.deepEqual(
      pier.chat.pendingOf("lobby").map(({ text }) => text),
      ["2", "3"],
    );
    proxy.targets = [other.url, one.url];
    await until(() => dock.shown().length === 3 && pier.shown().length === 3);

    assert.deepEqual(
      [dock.shown(), pier.shown()],
      [
        ["1", "2", "3"],
        ["1", "2", "3"],
      ],
    );
    assert.deepEqual(pier.chat.pendingOf("lobby"), []);
  });

  it("loses nothing and shows nothing twice while everything is cut again and again", async () => {
    const servers = await Promise.all([site.server(), site.server()]);
    const [dock, pier] = await two(...servers);

    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 5; count++) {
        dock.chat.say("lobby", `a${round * 5 + count}`);
        pier.chat.say("lobby", `b${round * 5 + count}`);
      }
      proxy.cut();
      await until(() => people.every(({ chat }) => chat.state === "online"));
    }
    await until(() => people.every(({ chat }) => chat.timelineOf("lobby").last === 100));

    assert.deepEqual(dock.shown(), pier.shown());
    for (const letter of ["a", "b"]) {
      assert.deepEqual(
        dock.shown().filter((text) => text.startsWith(letter)),
        Array.from({ length: 50 }, (_, index) => `${letter}${index}`),
      );
    }
  });

  it("replays more than one page after a long absence", async () => {
    const server = await site.server();
    const [dock, pier] = await two(server);
    pier.socket.disconnect();

    await fill(250);
    await until(() => dock.shown().length === 250);
    pier.socket.connect();
    await until(() => pier.shown().length === 250);

    assert.deepEqual(pier.shown(), dock.shown());
  });

  it("stores a message once whose acknowledgement was lost with its server", async () => {
    let cut = false;
    class CuttingStore extends MemoryMessageStore {
      override async append(...args: Parameters<MemoryMessageStore["append"]>) {
        const stored = await super.append(...args);
        if (!cut) {
          cut = true;
          proxy.cut();
          await until(() => !(people[0] as Person).socket.connected);
        }
        return stored;
      }
    }
    site = new Site(new CuttingStore());
    const [dock, pier] = await two(await site.server());

    dock.chat.say("lobby", "only once");
    await until(() => cut && dock.chat.pendingOf("lobby").length === 0);
    await until(() => pier.shown().length > 0);

    assert.deepEqual([dock.shown(), pier.shown()], [["only once"], ["only once"]]);
    assert.equal((await site.store.after("lobby", 0, 10)).length, 1);
  });

  it("moves to another server when its own leaves, and misses nothing of what is said meanwhile", async () => {
    const [leaving, staying] = await Promise.all([site.server(), site.server()]);
    const dock = person((await proxy.start(leaving.url)).url, "Dock").enter();
    await until(() => dock.presence?.count === 1);
    proxy.targets = [staying.url];
    const pier = person(proxy.url, "Pier").enter();
    await until(() => dock.presence?.count === 2 && pier.presence?.count === 2);
    let said = 0;

    await moveEverybody(leaving.chat, leaving.drain, {
      delayMs: 0,
      spreadMs: 0,
      pause: async () => {
        pier.chat.say("lobby", String(said++));
        await until(() => pier.chat.pendingOf("lobby").length === 0);
      },
    });
    await until(() => leaving.chat.io.engine.clientsCount === 0 && dock.shown().length === said);

    assert.deepEqual(dock.shown(), pier.shown());
    assert.deepEqual(dock.states, ["online", "reconnecting", "online"]);
  });

  it("connects again to a server that ended the connection", async () => {
    const server = await site.server();
    const [dock] = await two(server);

    server.chat.io.disconnectSockets();
    await until(() => dock.states.length === 3);

    assert.deepEqual(dock.states, ["online", "reconnecting", "online"]);
  });

  it("sends after a reload what the page could not send before", async () => {
    const server = await site.server();
    const [dock, pier] = await two(server);
    dock.socket.disconnect();
    dock.chat.say("lobby", "written offline");

    person(proxy.url, "Dock", dock.keeper).enter();
    await until(() => pier.shown().length === 1);

    assert.deepEqual(pier.shown(), ["written offline"]);
  });

  it("shows earlier messages on request, and tells why a name is not taken", async () => {
    const server = await site.server();
    const [dock] = await two(server);
    await fill(60);
    await until(() => dock.shown().length === 60);

    const late = person(proxy.url, "Quay").enter();
    await until(() => late.shown().length > 0);
    assert.deepEqual([late.shown().length, late.chat.timelineOf("lobby").hasOlder], [50, true]);
    assert.equal(await late.chat.showOlder("lobby"), true);
    assert.deepEqual([late.shown(), late.chat.timelineOf("lobby").hasOlder], [dock.shown(), false]);

    const nameless = person(proxy.url, " ").enter();
    await until(() => nameless.refusals.length > 0);
    assert.deepEqual(nameless.refusals, ["nickname: must not be blank"]);
  });
});
