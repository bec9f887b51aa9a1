import { createApp } from "../../../../apps/journal/frontend/src/app.js";
import { MemoryEntryStore } from "../../../../apps/journal/frontend/src/entry-store.js";

/** A journal of its own for a test, with the calls that a client makes. */
export function journal(pageSize = 10) {
  const app = createApp({ entries: new MemoryEntryStore(), pageSize });
  return {
    app,
    list: (query = "") => app.inject({ url: `/api/entries${query}` }),
    add: (body: unknown) => app.inject({ method: "POST", url: "/api/entries", payload: body as object }),
    raw: (payload: string | Buffer, type = "application/json") =>
      app.inject({ method: "POST", url: "/api/entries", payload, headers: { "content-type": type } }),
  };
}
