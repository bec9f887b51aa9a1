import { readFile } from "node:fs/promises";
import { Registry } from "prom-client";
import { createApp } from "./app.js";
import { createChat } from "./chat.js";
import { MemoryMessageStore } from "./message-store.js";

/** The whole chat on this machine, without Redis, MongoDB and NGINX: one server, and the page. */
const PAGE = new URL("../../client/dist/", import.meta.url);
const PORT = 8091;
const URL_HERE = `http://127.0.0.1:${PORT}`;
const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

const store = new MemoryMessageStore();
const registry = new Registry();
const app = createApp({ store, registry }, { logger: { level: "info" } });

app.get("/config.json", () => ({ serverUrl: URL_HERE }));
app.get("/:file?", async ({ params }, reply) => {
  const { file = "" } = params as { file?: string };
  const name = /^[\w-]+\.(html|css|js|svg)$/.test(file) ? file : "index.html";
  return reply.type(TYPES[name.split(".").at(-1) ?? ""] ?? "").send(await readFile(new URL(name, PAGE)));
});
createChat(app.server, { store, registry, log: app.log }, { origins: [URL_HERE] });

await app.listen({ port: PORT, host: "127.0.0.1" });
