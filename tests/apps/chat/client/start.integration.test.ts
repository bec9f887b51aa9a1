import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../../../apps/chat/client/start.sh", import.meta.url));
const NGINX = fileURLToPath(new URL("../../../../apps/chat/client/nginx.conf", import.meta.url));

describe("apps/chat/client start", () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-client-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const start = (url: string | undefined, ...command: string[]) =>
    spawnSync("sh", [SCRIPT, ...command], {
      env: { PATH: process.env.PATH, TMPDIR: folder, ...(url === undefined ? {} : { CHAT_SERVER_URL: url }) },
      encoding: "utf8",
    });

  const urls: [url: string, socket: string][] = [
    ["https://chat-server.example.org", "wss://chat-server.example.org"],
    ["https://chat-server.localhost:8443", "wss://chat-server.localhost:8443"],
    ["http://127.0.0.1:8091", "ws://127.0.0.1:8091"],
  ];
  for (const [url, socket] of urls) {
    it(`tells the page and its policy of ${url}, then becomes the program`, () => {
      const { status, stdout } = start(url, "echo", "the program");

      assert.deepEqual([status, stdout], [0, "the program\n"]);
      assert.equal(
        readFileSync(join(folder, "chat.conf"), "utf8"),
        [
          `map $host $chat_connect { default "${url} ${socket}"; }`,
          `map $host $chat_config { default '{"serverUrl":"${url}"}'; }`,
          "",
        ].join("\n"),
      );
    });
  }

  const wrong = [
    undefined,
    "",
    "https://",
    "chat-server.example.org",
    "ftp://chat.example.org",
    "https://a.b/path",
    "https://a.b; script-src *",
    'https://a.b"; }',
    "https://a.b\nevil",
    "https://A.b",
  ];
  for (const url of wrong) {
    it(`does not start with ${url === undefined ? "no address" : JSON.stringify(url)}`, () => {
      const { status, stdout, stderr } = start(url, "echo", "the program");

      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(
        stderr,
        /^CHAT_SERVER_URL: expected an origin such as "https:\/\/chat-server\.example\.org", got "/,
      );
    });
  }

  it("is written to where NGINX looks for it", () => {
    assert.match(readFileSync(NGINX, "utf8"), /^ {2}include \/tmp\/chat\.conf;$/m);
    assert.equal(
      execFileSync("grep", ["-c", "TMPDIR:-/tmp}/chat.conf", SCRIPT], { encoding: "utf8" }),
      "1\n",
    );
  });
});
