import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser, overhangOf, problemsOf, tabTo } from "./browser.js";
import { message, newRoom, say } from "./chat-room.js";
import { call, settled, urlOf } from "./platform.js";

const PHONE = { width: 390, height: 844 };

describe("the chat's page for somebody who uses it", () => {
  let browser: Browser;
  let contexts: BrowserContext[];
  let problems: string[];
  let room: string;

  before(async () => {
    await settled();
    browser = await launchBrowser();
  });

  after(() => browser.close());

  beforeEach(() => {
    contexts = [];
    problems = [];
    room = newRoom();
  });

  afterEach(async () => {
    const seen = [...problems];
    for (const context of contexts) await context.close();
    assert.deepEqual(seen, []);
  });

  /** A page of somebody's own, with the question for a name on it. */
  async function open(options: { viewport?: typeof PHONE } = {}): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    contexts.push(context);
    const page = await context.newPage();
    problemsOf(page, problems);
    await page.goto(`${urlOf("chat")}/#${room}`);
    await page.locator("#introduce[open]").waitFor();
    return page;
  }

  async function visit(name: string, options: { viewport?: typeof PHONE } = {}): Promise<Page> {
    const page = await open(options);
    await page.fill("#nickname", name);
    await page.click("#introduce-done");
    await page.locator("#connection").waitFor({ state: "hidden" });
    return page;
  }

  const roomLink = (page: Page, name: string) => page.locator(`#rooms a[href="#${name}"]`);

  it("counts what was said in a room that is not open, until it is opened", async () => {
    const [dock, pier] = [await visit("Dock"), await visit("Pier")];
    const elsewhere = newRoom();
    await pier.fill("#enter-room", elsewhere);
    await pier.keyboard.press("Enter");
    await pier.locator("#room-title", { hasText: elsewhere }).waitFor();

    for (const number of [1, 2]) await say(dock, `said while away ${number}`);
    await roomLink(pier, room).locator(".badge", { hasText: /^2/ }).waitFor();
    assert.match(await pier.title(), /^\(2\) /);

    await roomLink(pier, room).click();
    await message(pier, "said while away 2").waitFor();
    await roomLink(pier, room).locator(".badge").waitFor({ state: "detached" });
    assert.equal(await pier.title(), `${room} · Chat`);
  });

  it("says that it connects again, keeps what is written meanwhile, and shows what was missed", async () => {
    const [dock, pier] = [await visit("Dock"), await visit("Pier")];
    await say(dock, "before");
    await message(pier, "before").waitFor();

    await pier.context().setOffline(true);
    await pier.locator("#connection", { hasText: "Connecting again" }).waitFor();
    await say(pier, "written offline");
    await pier.locator("#pending li", { hasText: "written offline" }).waitFor();
    await say(dock, "missed");
    await message(dock, "missed").waitFor();

    await pier.context().setOffline(false);
    await pier.locator("#connection").waitFor({ state: "hidden" });
    await message(dock, "written offline").waitFor();
    await message(pier, "missed").waitFor();
    await pier.locator("#pending li").waitFor({ state: "detached" });
    const texts = (page: Page) => page.locator("#messages .text").allTextContents();
    assert.deepEqual(await texts(pier), ["before", "missed", "written offline"]);
    assert.deepEqual(await texts(dock), ["before", "missed", "written offline"]);
    // Every attempt while there was no network is one, in the browser's words.
    problems.length = 0;
  });

  it("can be used with the keyboard alone", async () => {
    const page = await open();
    await page.keyboard.type("Dock");
    await page.keyboard.press("Enter");
    await page.locator("#connection").waitFor({ state: "hidden" });
    await tabTo(page, "#text");
    await page.keyboard.type("typed without a mouse");
    await page.keyboard.press("Enter");
    await message(page, "typed without a mouse").waitFor();

    const other = newRoom();
    await tabTo(page, "#enter-room");
    await page.keyboard.type(other);
    await page.keyboard.press("Enter");
    await page.locator("#room-title", { hasText: other }).waitFor();
    await tabTo(page, `#rooms a[href="#${room}"]`);
    await page.keyboard.press("Enter");
    await message(page, "typed without a mouse").waitFor();

    await tabTo(page, "#show-people");
    await page.keyboard.press("Enter");
    await page.locator("#people-list", { hasText: "Dock" }).waitFor();
    await tabTo(page, "#leave");
    await page.keyboard.press("Enter");
    await roomLink(page, room).waitFor({ state: "detached" });
  });

  it("fits a phone of 390 pixels without scrolling sideways, its rooms behind a button", async () => {
    const page = await visit("Pier", { viewport: PHONE });
    const long = `https://example.test/${"long".repeat(100)}`;
    await say(page, long);
    await message(page, long).waitFor();
    assert.equal(await overhangOf(page), 0);

    assert.equal(await page.locator("#rooms").isVisible(), false);
    await page.click("#open-rooms");
    await page.locator("#rooms").waitFor();
    assert.equal(await overhangOf(page), 0);
    await roomLink(page, room).click();
    await page.locator("#rooms").waitFor({ state: "hidden" });
    await page.locator("#text").waitFor();
  });

  it("works where no websocket gets through, on whichever of the servers it began", async () => {
    const withoutWebSockets = () => {
      // A proxy's answer, as the page sees it.
      const failing = class {
        onerror: (event: object) => void = () => undefined;
        onclose: (event: object) => void = () => undefined;
        constructor() {
          setTimeout(() => {
            this.onerror({});
            this.onclose({});
          });
        }
        close(): void {}
      };
      Object.assign(window, { WebSocket: failing });
    };
    const dock = await visit("Dock");
    for (const name of ["Pier", "Quay", "Reef"]) {
      const poller = await open();
      await poller.addInitScript(withoutWebSockets);
      await poller.reload();
      await poller.fill("#nickname", name);
      await poller.click("#introduce-done");
      await poller.locator("#connection").waitFor({ state: "hidden" });
      await say(poller, `${name} polls`);
      await message(dock, `${name} polls`).waitFor();
      await say(dock, `Dock hears ${name}`);
      await message(poller, `Dock hears ${name}`).waitFor();
    }
  });

  it("is served with a policy that allows its own files, and connections to the chat's server alone", async () => {
    const { headers, body } = await call(urlOf("chat"));
    const rules = String(headers["content-security-policy"]).split("; ");
    const server = new URL(urlOf("server.chat")).host;
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' https://${server} wss://${server}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(rules.includes(rule), `expected ${rule} in ${rules.join("; ")}`);
    }
    assert.doesNotMatch(rules.join(), /unsafe|\*/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.doesNotMatch(body, /<script(?! src=)|<style|\son\w+=/, "the page has inline code");
  });
});
