import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { execa } from "execa";
import { type Browser, chromium, type Page } from "playwright-core";
import { paths } from "../../machine/layout.js";
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
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.url()} ${response.status()}`);
  });
  return problems;
}
