import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser, overhangOf, problemsOf, tabTo } from "./browser.js";
import { add, list, remove } from "./entries.js";
import { urlOf } from "./platform.js";

describe("the journal's page in a browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  before(async () => {
    browser = await launchBrowser();
  });

  after(() => browser.close());

  beforeEach(async () => {
    context = await browser.newContext({ reducedMotion: "reduce" });
    page = await context.newPage();
    problems = problemsOf(page);
    await page.goto(urlOf("journal"));
    await loaded();
  });

  afterEach(async () => {
    const seen = [...problems]; // Closing cuts off what the browser is still fetching.
    await context.close();
    assert.deepEqual(seen, []);
  });

  const loaded = () => page.locator("#entries[aria-busy=false]").waitFor({ state: "attached" });
  const entry = (text: string) => page.locator("#entries li", { hasText: text });

  it("adds an entry, shows it after a reload, and deletes it", async () => {
    await page.fill("#text", "written in a browser");
    await page.fill("#author", "a reader");
    await page.click("#save");
    await entry("written in a browser").waitFor();
    assert.equal(await page.inputValue("#text"), "");

    await page.reload();
    await entry("written in a browser").waitFor();
    assert.equal(await entry("written in a browser").locator("h3").textContent(), "a reader");

    await entry("written in a browser").locator("button").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await entry("written in a browser").waitFor({ state: "detached" });
    await page.reload();
    await loaded();
    assert.equal(await entry("written in a browser").count(), 0);
  });

  it("keeps the entry when the reader thinks better of deleting it", async () => {
    const { id } = await add("to be kept");
    await page.reload();
    await entry("to be kept").locator("button").click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.locator("#confirm").waitFor({ state: "hidden" });
    assert.ok((await list()).entries.some((kept) => kept.id === id));
    await remove(id);
  });

  it("can be used with the keyboard alone", async () => {
    await tabTo(page, "#text");
    await page.keyboard.type("typed without a mouse");
    await tabTo(page, "#save");
    await page.keyboard.press("Enter");
    await entry("typed without a mouse").waitFor();

    await tabTo(page, "#entries li:first-child button");
    await page.keyboard.press("Enter");
    await page.locator("#confirm[open]").waitFor();
    await tabTo(page, "#confirm button.danger");
    await page.keyboard.press("Enter");
    await entry("typed without a mouse").waitFor({ state: "detached" });
  });

  const focused = (selector: string) =>
    page.locator(selector).evaluate((node) => node === document.activeElement);
  const removeShown = async (text: string) =>
    remove((await entry(text).getAttribute("data-id")) ?? assert.fail(`no entry "${text}"`));
  /** As when the reader comes back to the tab. */
  const comeBack = async () => {
    const answered = page.waitForResponse(/\/api\/entries\?page=1$/);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await answered;
    await loaded();
  };

  it("keeps the focus where it was when it saves, and when it loads again by itself", async () => {
    const { id } = await add("in focus");
    await page.fill("#text", "saved by its button");
    await page.focus("#save");
    await page.keyboard.press("Enter");
    await entry("saved by its button").waitFor();
    assert.equal(await focused("#save"), true);

    await page.focus(`#entries li[data-id="${id}"] button`);
    await comeBack();
    assert.equal(await focused(`#entries li[data-id="${id}"] button`), true);
    await remove(id);
    await comeBack();
    assert.equal(await focused("#entries-title"), true);
    await removeShown("saved by its button");
  });

  it("tells that an entry was not saved until it is, though the page loads again meanwhile", async () => {
    await page.route("**/api/entries", (route) => route.abort());
    await page.fill("#text", "saved at last");
    await page.click("#save");
    await page.locator("#alert").waitFor();
    await page.unroute("**/api/entries");
    problems.length = 0; // Those that were made on purpose.
    await comeBack();
    assert.equal(await page.locator("#alert").isVisible(), true);

    await page.click("#alert-retry");
    await entry("saved at last").waitFor();
    assert.equal(await page.locator("#alert").isVisible(), false);
    assert.equal(await focused("#entries-title"), true);
    await removeShown("saved at last");
  });

  it("works in a browser that keeps nothing for it", async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    await page.reload();
    await loaded();
    await page.fill("#author", "nobody known");
    await page.fill("#text", "kept nowhere else");
    await page.click("#save");
    await entry("kept nowhere else").waitFor();
    await removeShown("kept nowhere else");
  });

  it("fits a phone of 390 pixels without scrolling sideways, even a word longer than the screen", async () => {
    const { id } = await add(`https://example.test/${"long".repeat(100)}`, "w".repeat(80));
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await entry("https://example.test/").waitFor();
    assert.equal(await overhangOf(page), 0);
    await remove(id);
  });

  it("shows markup in a text or a name as the text that it is", async () => {
    const text = `<script>document.title = "taken"</script><img src=x onerror="document.title = 'taken'">`;
    const { id } = await add(text, "<b>bold</b>");
    await page.reload();
    const shown = page.locator(`#entries li[data-id="${id}"]`);
    await shown.waitFor();
    assert.equal(await shown.locator("p.text").textContent(), text);
    assert.equal(await shown.locator("h3").textContent(), "<b>bold</b>");
    assert.equal(await shown.locator("script, img, b").count(), 0);
    assert.equal(await page.title(), "Journal");
    await remove(id);
  });
});
