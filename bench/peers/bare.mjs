// The least that Node.js can do for the journal's list and add: no routes, no validation, no errors, no metrics.
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Redis } from "ioredis";

const pageSize = 10;
const redis = new Redis({ host: "127.0.0.1", port: Number(process.env.REDIS_PORT) });
let lastScore = 0;

async function list() {
  const [[, documents], [, total]] = await redis
    .pipeline()
    .sort_ro("journal:timeline", "BY", "nosort", "LIMIT", 0, pageSize, "GET", "journal:entry:*", "DESC")
    .zcard("journal:timeline")
    .exec();
  const entries = documents.map((document) => JSON.parse(document));
  return { entries, page: 1, pages: Math.ceil(total / pageSize), total, pageSize };
}

async function add({ author, text }) {
  const entry = { id: randomUUID(), author, text, createdAt: new Date().toISOString() };
  lastScore = Math.max(lastScore + 1, Date.now() * 1000);
  await redis
    .multi()
    .set(`journal:entry:${entry.id}`, JSON.stringify(entry))
    .zadd("journal:timeline", lastScore, entry.id)
    .exec();
  return entry;
}

function answer(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

createServer((request, response) => {
  if (request.method === "GET") {
    void list().then((page) => answer(response, 200, page));
    return;
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    void add(JSON.parse(chunks.join(""))).then((entry) => answer(response, 201, entry));
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
