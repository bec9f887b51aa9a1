import { readFile } from "node:fs/promises";
import { createApp } from "./app.js";
import { MemoryEntryStore } from "./entry-store.js";

/** The whole journal on this machine, without Redis and NGINX: the API on a store in memory, and the page. */
const PAGE = new URL("../../fileserver/dist/", import.meta.url);
const PORT = 8090;
const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10 }, { logger: { level: "info" } });

app.get("/:file?", async ({ params }, reply) => {
  const { file = "" } = params as { file?: string };
  const name = /^[\w-]+\.(html|css|js|svg)$/.test(file) ? file : "index.html";
  return reply.type(TYPES[name.split(".").at(-1) ?? ""] ?? "").send(await readFile(new URL(name, PAGE)));
});

await app.listen({ port: PORT, host: "127.0.0.1" });
