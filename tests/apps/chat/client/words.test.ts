import assert from "node:assert/strict";
import fc from "fast-check";
import { loadConfig } from "../../../../apps/chat/client/src/config.js";
import { Identity } from "../../../../apps/chat/client/src/identity.js";
import { Keeper, type KeyStorage } from "../../../../apps/chat/client/src/keeper.js";
import { Places } from "../../../../apps/chat/client/src/places.js";
import * as words from "../../../../apps/chat/client/src/words.js";
import { ROOM_NAME } from "../../../../apps/chat/server/src/events.js";
import { introductionSchema } from "../../../../apps/chat/server/src/requests.js";
import { Site } from "../server/running-chat.js";

describe("apps/chat/client words", () => {
  const rooms: [input: string, room: string][] = [
    ["lobby", "lobby"],
    ["#lobby", "lobby"],
    ["Tea & Cake", "tea-cake"],
    ["Café Zürich", "cafe-zurich"],
    ["--a--b--", "a-b"],
    ["x".repeat(40), "x".repeat(32)],
    [`${"x".repeat(31)}-y`, "x".repeat(31)],
    ["…", ""],
    ["", ""],
  ];
  for (const [input, room] of rooms) {
    it(`takes ${JSON.stringify(input)} for the room ${JSON.stringify(room)}`, () => {
      assert.equal(words.roomFrom(input), room);
    });
  }

  it("makes nothing but room names that the server takes, and keeps those", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (input) => {
        const room = words.roomFrom(input);
        assert.ok(room === "" || (ROOM_NAME.test(room) && room.length <= 32));
        assert.equal(words.roomFrom(room), room);
      }),
    );
  });

  it("names days as a person would", () => {
    const now = new Date(2026, 2, 10, 0, 30);
    assert.deepEqual(
      [new Date(2026, 2, 10, 0, 5), new Date(2026, 2, 9, 23, 59), new Date(2026, 2, 8, 12)].map((day) =>
        words.dayOf(day, now, "de"),
      ),
      ["Heute", "Gestern", "Sonntag, 8. März 2026"],
    );
  });

  it("counts in words, and in little room", () => {
    assert.deepEqual([0, 1, 1234].map(words.peopleHere), [
      "0 people here",
      "1 person here",
      "1,234 people here",
    ]);
    assert.deepEqual([1, 2, 100].map(words.newMessages), [
      "1 new message",
      "2 new messages",
      "99+ new messages",
    ]);
    assert.deepEqual(
      [words.titleOf("lobby", 0), words.titleOf("lobby", 3)],
      ["lobby · Chat", "(3) lobby · Chat"],
    );
  });

  it("takes the room from an address, and none from one that was cut off in the middle of a letter", () => {
    assert.deepEqual(["#caf%C3%A9", "#100%", "#%C3", ""].map(words.roomFromHash), ["cafe", "", "", ""]);
  });

  it("gives a person one of the colours, always the same", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const colour = words.colourOf(id, 8);
        assert.ok(Number.isInteger(colour) && colour >= 0 && colour < 8);
        assert.equal(words.colourOf(id, 8), colour);
      }),
      { examples: [["-1"]] },
    );
  });
});

describe("apps/chat/client keeper", () => {
  it("keeps what the storage does not take, as long as the page is open", () => {
    const full: KeyStorage = {
      length: 0,
      key: () => null,
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
      removeItem: () => undefined,
    };
    const keeper = new Keeper(full);

    keeper.set("a.1", { b: 2 });

    assert.deepEqual([keeper.get("a.1"), keeper.keys("a.")], [{ b: 2 }, ["a.1"]]);
    keeper.remove("a.1");
    assert.deepEqual([keeper.get("a.1"), keeper.keys("a.")], [undefined, []]);
  });
});

describe("apps/chat/client places", () => {
  it("begins in the lobby, keeps its rooms over a reload, and takes twenty", () => {
    const keeper = new Keeper();
    const places = new Places(keeper);
    for (let room = 1; room <= 19; room++) assert.equal(places.add(`room-${room}`), true);
    assert.equal(places.add("one-more"), false);
    places.remove("room-1");

    assert.deepEqual(new Places(keeper).rooms.slice(0, 2), ["lobby", "room-2"]);
    keeper.set("rooms", [7, "Tea Time", "tea-time", null]);
    assert.deepEqual(new Places(keeper).rooms, ["lobby", "7", "tea-time", "null"]);
  });

  it("counts what came after the last message that was read, and nothing in a room that is new", () => {
    const keeper = new Keeper();
    const places = new Places(keeper);
    assert.equal(places.unread("lobby", 40), 0);

    places.read("lobby", 40);
    places.read("lobby", 38);

    assert.deepEqual([places.unread("lobby", 43), new Places(keeper).unread("lobby", 43)], [3, 3]);
  });

  it("counts what came after a room was met, which nobody has opened or which was empty", () => {
    const places = new Places(new Keeper());
    places.meet("lobby", 40);
    places.meet("empty", 0);
    places.meet("lobby", 42);

    assert.deepEqual([places.unread("lobby", 42), places.unread("empty", 2)], [2, 2]);
  });
});

describe("apps/chat/client identity", () => {
  const site = new Site();
  after(() => site.stop());

  it("stays the same over a reload, and is what the server takes and calls this person by", async () => {
    const keeper = new Keeper();
    const identity = new Identity(keeper);
    identity.nickname = "Dock";
    const introduction = new Identity(keeper).introduction();
    assert.deepEqual(introduction, identity.introduction());
    assert.equal(introductionSchema.safeParse(introduction).success, true);

    const client = await site.client(await site.server(), "Dock", { secret: introduction.secret });
    const { presence } = await client.value("join", { room: "lobby" });

    assert.deepEqual(presence.people, [{ id: identity.id, nickname: "Dock" }]);
  });
});

describe("apps/chat/client config", () => {
  it("asks until the page's host has answered with the server's address", async () => {
    const answers = [
      () => Promise.reject(new TypeError("offline")),
      () => Promise.resolve(new Response("<h1>", { status: 502 })),
      () => Promise.resolve(Response.json({})),
      () => Promise.resolve(Response.json({ serverUrl: "https://chat-server.test" })),
    ];
    let asked = 0;
    const fetch = () => (answers[asked++] as () => Promise<Response>)();

    assert.deepEqual(await loadConfig(fetch, 0), { serverUrl: "https://chat-server.test" });
    assert.equal(asked, 4);
  });
});
