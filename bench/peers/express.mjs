// The journal's list and add as most would write them first: Express and node-redis, with the same checks of the input.
import { randomUUID } from "node:crypto";
import express from "express";
import { createClient } from "redis";

const pageSize = 10;
const redis = createClient({
  socket: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) },
});
const app = express();
app.use(express.json({ limit: "16kb" }));
let lastScore = 0;

app.get("/api/entries", async (request, response) => {
  const page = request.query.page ?? "1";
  if (!/^[1-9][0-9]{0,5}$/.test(page)) {
    response.status(400).json({ error: { code: "bad_request", message: "page must be a whole number" } });
    return;
  }
  const [documents, total] = await Promise.all([
    redis.sortRo("journal:timeline", {
      BY: "nosort",
      LIMIT: { offset: (Number(page) - 1) * pageSize, count: pageSize },
      GET: "journal:entry:*",
      DIRECTION: "DESC",
    }),
    redis.zCard("journal:timeline"),
  ]);
  const entries = documents.filter((document) => document !== null).map((document) => JSON.parse(document));
  response.json({
    entries,
    page: Number(page),
    pages: Math.max(1, Math.ceil(total / pageSize)),
    total,
    pageSize,
  });
});

app.post("/api/entries", async (request, response) => {
  const { author = "", text } = request.body ?? {};
  const isWrong = typeof author !== "string" || author.length > 80;
  if (isWrong || typeof text !== "string" || text.length > 4000 || text.trim() === "") {
    response.status(400).json({ error: { code: "bad_request", message: "text or author is not valid" } });
    return;
  }
  const entry = {
    id: randomUUID(),
    author: author.trim() || "anonymous",
    text: text.trim(),
    createdAt: new Date().toISOString(),
  };
  lastScore = Math.max(lastScore + 1, Date.now() * 1000);
  await redis
    .multi()
    .set(`journal:entry:${entry.id}`, JSON.stringify(entry))
    .zAdd("journal:timeline", { score: lastScore, value: entry.id })
    .exec();
  response.status(201).location(`/api/entries/${entry.id}`).json(entry);
});

void redis.connect().then(() => app.listen(Number(process.env.PORT), "127.0.0.1"));
