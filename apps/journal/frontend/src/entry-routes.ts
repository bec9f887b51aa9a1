import type { FastifyInstance, FastifyReply } from "fastify";
import type { EntryStore } from "./entry-store.js";
import { errorBody } from "./errors.js";
import { addEntry, ANONYMOUS, getEntry, listEntries, removeEntry } from "./schemas.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface ListRoute {
  Querystring: { page: string };
}

interface EntryRoute {
  Params: { id: string };
}

interface AddRoute {
  Headers: { "idempotency-key"?: string };
  Body: { author?: string; text: string };
}

/** The API of the journal, under whatever prefix it is registered. */
export function registerEntryRoutes(app: FastifyInstance, entries: EntryStore, pageSize: number): void {
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");
    done();
  });

  app.get<ListRoute>("/entries", { schema: listEntries }, async (request) => {
    const page = Number(request.query.page);
    const found = await entries.list(page, pageSize);
    const pages = Math.max(1, Math.ceil(found.total / pageSize));
    return { entries: found.entries, page, pages, total: found.total, pageSize };
  });

  app.get<EntryRoute>("/entries/:id", { schema: getEntry }, async ({ params: { id } }, reply) => {
    const entry = UUID.test(id) ? await entries.get(id) : undefined;
    return entry ?? notFound(reply, id);
  });

  app.post<AddRoute>("/entries", { schema: addEntry }, async ({ body, headers }, reply) => {
    const draft = { author: tidy(body.author ?? "") || ANONYMOUS, text: tidy(body.text) };
    const entry = await entries.add(draft, headers["idempotency-key"]?.toLowerCase());
    if (entry.author !== draft.author || entry.text !== draft.text) {
      return reply.code(422).send(errorBody(422, "the Idempotency-Key was used for another entry"));
    }
    return reply.code(201).header("location", `${app.prefix}/entries/${entry.id}`).send(entry);
  });

  app.delete<EntryRoute>("/entries/:id", { schema: removeEntry }, async ({ params: { id } }, reply) => {
    const removed = UUID.test(id) && (await entries.remove(id));
    return removed ? reply.code(204).send() : notFound(reply, id);
  });
}

function notFound(reply: FastifyReply, id: string): FastifyReply {
  return reply.code(404).send(errorBody(404, `no such entry: "${id}"`));
}

/** Half a surrogate pair can't be stored as UTF-8, so it would come back as something else. */
function tidy(words: string): string {
  return words.replace(/\p{Surrogate}/gu, "\uFFFD").trim();
}
