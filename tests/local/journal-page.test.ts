import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { execa } from "execa";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { paths } from "../../machine/layout.js";
import { add, list, remove } from "./entries.js";
import { settings, urlOf } from "./platform.js";

/** Fingerprint of the key that signed the entry's certificate, after that has been verified. */
function issuerKey(): Promise<string> {
  const options = { host: "127.0.0.1", port: settings().httpsPort, servername: "journal.localhost" };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, ca: readFileSync(paths.acmeRoot) }, () => {
      const { raw } = socket.getPeerCertificate(true).issuerCertificate;
      const key = new X509Certificate(raw).publicKey.export({ type: "spki", format: "der" });
      resolve(createHash("sha256").update(key).digest("base64"));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("the journal's page in a browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  before(async () => {
    browser = await chromium.launch({
      executablePath: (await execa("sh", ["-c", "command -v chromium"])).stdout,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        // The browser keeps its authorities in a file of the user's, which is not ours to change.
        `--ignore-certificate-errors-spki-list=${await issuerKey()}`,
      ],
    });
  });

  after(() => browser.close());

  beforeEach(async () => {
    problems = [];
    context = await browser.newContext({ reducedMotion: "reduce" });
    page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
    page.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.url()} ${response.status()}`);
    });
    await page.goto(urlOf("journal"));
    await loaded();
  });

  // Violations of the Content-Security-Policy are errors on the console.
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
    const tabTo = async (selector: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab");
        if (await page.locator(selector).evaluate((node) => node === document.activeElement)) return;
      }
      assert.fail(`no way to ${selector} in forty steps`);
    };
    await tabTo("#text");
    await page.keyboard.type("typed without a mouse");
    await tabTo("#save");
    await page.keyboard.press("Enter");
    await entry("typed without a mouse").waitFor();

    await tabTo("#entries li:first-child button");
    await page.keyboard.press("Enter");
    await page.locator("#confirm[open]").waitFor();
    await tabTo("#confirm button.danger");
    await page.keyboard.press("Enter");
    await entry("typed without a mouse").waitFor({ state: "detached" });
  });

  it("fits a phone of 390 pixels without scrolling sideways, even a word longer than the screen", async () => {
    const { id } = await add(`https://example.test/${"long".repeat(100)}`, "w".repeat(80));
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await entry("https://example.test/").waitFor();
    const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(window, 390);
    assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
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
