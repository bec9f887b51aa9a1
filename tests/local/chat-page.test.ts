import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser, problemsOf } from "./browser.js";
import { Guest } from "./chat-guest.js";
import { message, newRoom, say } from "./chat-room.js";
import { chatServers } from "./chat-servers.js";
import { settled, until, urlOf } from "./platform.js";

interface Visitor {
  pod: string;
  context: BrowserContext;
  page: Page;
  problems: string[];
}

/** Connections of each server pod, by the pod's own count. */
async function connections(): Promise<Map<string, number>> {
  return new Map(
    (await chatServers()).map(({ pod, value }) => [pod.metadata.name as string, value("chat_connections")]),
  );
}

/** Names of the pods that have connections. */
const inUse = async () => [...(await connections())].filter(([, count]) => count > 0).map(([pod]) => pod);

describe("the chat's page in two browsers on two servers", () => {
  let browser: Browser;
  let visitors: Visitor[];
  let room: string;

  before(async () => {
    await settled();
    browser = await launchBrowser();
  });

  after(() => browser.close());

  beforeEach(() => {
    visitors = [];
    room = newRoom();
  });

  afterEach(async () => {
    const seen = visitors.flatMap(({ problems }) => [...problems]);
    for (const { context } of visitors) await context.close();
    await until("the end of all visits", async () => (await inUse()).join(" and ") || undefined);
    assert.deepEqual(seen, []);
  });

  /** Somebody in the room under a name, on another server than those who are there already. */
  async function visit(name: string): Promise<Page> {
    const taken = visitors.map(({ pod }) => pod);
    for (let tries = 0; tries < 10; tries++) {
      const before = await connections();
      const context = await browser.newContext({ reducedMotion: "reduce" });
      const page = await context.newPage();
      const problems = problemsOf(page);
      await page.goto(`${urlOf("chat")}/#${room}`);
      await page.fill("#nickname", name);
      await page.click("#introduce-done");
      await page.locator("#show-people", { hasText: `${taken.length + 1} ` }).waitFor();
      const [pod] = [...(await connections())].find(([each, count]) => count > (before.get(each) ?? 0)) ?? [];
      if (pod !== undefined && !taken.includes(pod)) {
        visitors.push({ pod, context, page, problems });
        return page;
      }
      await context.close();
      await until("the visit's end", async () =>
        JSON.stringify([...(await connections())]) === JSON.stringify([...before])
          ? undefined
          : "still there",
      );
    }
    throw new Error(`expected ${name} on another server than ${taken.join(" and ")}, got none in ten tries`);
  }

  const shown = (page: Page) => page.locator("#messages li").allInnerTexts();

  it("shows both what each says, in the same order and with names, and all of it after a reload", async () => {
    const [dock, pier] = [await visit("Dock"), await visit("Pier")];
    assert.equal((await inUse()).length, 2);
    for (let number = 1; number <= 5; number++) {
      for (const [name, page, other] of [
        ["Dock", dock, pier],
        ["Pier", pier, dock],
      ] as const) {
        await say(page, `${name} says ${number}`);
        await message(other, `${name} says ${number}`).waitFor();
      }
    }
    const texts = await shown(pier);
    const order = texts.map((text) => /(Dock|Pier) says \d/.exec(text)?.[0]);
    const expected = [1, 2, 3, 4, 5].flatMap((number) => [`Dock says ${number}`, `Pier says ${number}`]);
    assert.deepEqual(order, expected);
    assert.match(texts[0] ?? "", /^Dock\d/m);
    assert.deepEqual(
      (await shown(dock)).map((text) => /(Dock|Pier) says \d/.exec(text)?.[0]),
      expected,
    );

    for (const page of [dock, pier]) {
      await page.reload();
      await message(page, "Pier says 5").waitFor();
      assert.deepEqual(
        (await shown(page)).map((text) => /(Dock|Pier) says \d/.exec(text)?.[0]),
        expected,
      );
    }
  });

  it("tells who is here, on whichever server they are", async () => {
    const [dock, pier] = [await visit("Dock"), await visit("Pier")];
    for (const page of [dock, pier]) {
      await page.locator("#show-people", { hasText: "2" }).waitFor();
      assert.deepEqual(
        (await page.locator("#people-list li").allTextContents()).map((text) => /Dock|Pier/.exec(text)?.[0]),
        ["Dock", "Pier"],
      );
    }
    await pier.close();
    await dock.locator("#show-people", { hasText: "1" }).waitFor();
  });

  it("shows markup as the text that it is", async () => {
    const [dock, pier] = [await visit("<b>Dock</b>"), await visit("Pier")];
    const text = `<img src=x onerror="document.title='taken'">`;
    await say(dock, text);
    await message(pier, text).waitFor();
    assert.equal(await pier.locator("#messages img, #messages b").count(), 0);
    assert.doesNotMatch(await pier.title(), /taken/);
  });
});

describe("clients of the chat that cannot use websockets", () => {
  it("work through two servers, each on its own", async () => {
    await settled();
    const room = newRoom();
    const guests = Array.from({ length: 8 }, (_, index) =>
      new Guest({
        url: urlOf("server.chat"),
        nickname: `poller ${index}`,
        room,
        transports: ["polling"],
      }).enter(),
    );
    let breaks = 0;
    try {
      await until("all in the room", () =>
        guests.every(({ joined }) => joined) ? undefined : "some are not",
      );
      for (const guest of guests)
        guest.onState = (state) => {
          if (state === "reconnecting") breaks++;
        };
      assert.ok((await inUse()).length >= 2);
      for (let number = 1; number <= 5; number++)
        for (const guest of guests) guest.say(`${guest.nickname}: ${number}`);
      await until("every message at everybody", () => {
        const counts = guests.map(({ texts }) => texts.length);
        return counts.every((count) => count >= 40) ? undefined : counts.join(", ");
      });
      for (const { texts, changes, socket } of guests) {
        assert.equal(new Set(texts).size, 40);
        assert.deepEqual(texts, guests[0]?.texts);
        assert.equal(changes, 0);
        assert.equal(socket.io.engine.transport.name, "polling");
      }
      assert.equal(breaks, 0, "a request reached a server that does not know the session");
    } finally {
      for (const guest of guests) guest.leave();
    }
  });
});
