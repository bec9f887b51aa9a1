import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { execa } from "execa";
import { type Browser, chromium, type Page } from "playwright-core";
import { paths } from "../../shell/paths.js";
import { settings } from "./platform.js";

/** Fingerprint of the key that signed an entry's certificate, after that has been verified. */
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

/** A browser that trusts the platform's certificates and asks nobody but the pages for anything. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
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
}

/** What goes wrong on a page from now on. Violations of the Content-Security-Policy are errors on the console. */
export function problemsOf(page: Page, problems: string[] = []): string[] {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // Leaving a page, or loading it again, gives up what it was still fetching.
    if (reason !== "net::ERR_ABORTED")
      problems.push(`${request.url()} failed: ${reason ?? "why is not told"}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.url()} ${response.status()}`);
  });
  return problems;
}

/** Moves the focus to an element, as somebody without a mouse does. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    if (await page.locator(selector).evaluate((node) => node === document.activeElement)) return;
  }
  assert.fail(`no way to ${selector} in forty steps`);
}

/** How much wider a page is than its window, in pixels; 0 when nobody has to scroll sideways. */
export const overhangOf = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
