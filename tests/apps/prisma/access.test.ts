import assert from "node:assert/strict";
import { Drain } from "../../../apps/prisma/src/drain.js";
import { presents } from "../../../apps/prisma/src/secret.js";
import { SECRET, service } from "./service.js";

const bearer = { authorization: `Bearer ${SECRET}` };
const QUERY = "{ usersCount }";

describe("apps/prisma access", () => {
  it("answers 401 to whoever does not present the secret, for data and management alike", async () => {
    const { app } = service({ secret: SECRET });
    const wrong = [undefined, "", "Bearer ", "Bearer wrong", SECRET, `Basic ${SECRET}`, `Bearer ${SECRET}x`];
    const routes = [
      ["POST", "/"],
      ["GET", "/management/migrations"],
      ["POST", "/management/migrations"],
      ["POST", "/management/seed"],
      ["GET", "/nothing"],
    ] as const;
    for (const [method, url] of routes) {
      for (const authorization of wrong) {
        const headers = authorization === undefined ? {} : { authorization };
        const { statusCode } = await app.inject({ method, url, headers });
        assert.equal(statusCode, 401, `${method} ${url} with ${authorization ?? "nothing"}`);
      }
    }
  });

  it("answers whoever presents it", async () => {
    const { ask } = service({ secret: SECRET });
    assert.equal((await ask("{ users { id } }", {}, bearer)).statusCode, 200);
  });

  it("has no management API without a secret", async () => {
    const { app } = service();
    assert.equal((await app.inject("/management/migrations")).statusCode, 404);
    assert.equal((await app.inject({ method: "POST", url: "/management/seed" })).statusCode, 404);
  });

  it("compares digests of the secret, whose length is always the same", () => {
    assert.equal(presents(`Bearer ${SECRET}`, SECRET), true);
    assert.equal(presents("Bearer short", SECRET), false);
    assert.equal(presents(`Bearer ${"long".repeat(1000)}`, SECRET), false);
  });

  it("shows a browser the page to try queries in only where that is wanted, and nothing else without the secret", async () => {
    const page = (playground: boolean) =>
      service({ secret: SECRET, playground }).app.inject({ url: "/", headers: { accept: "text/html" } });
    assert.equal((await page(false)).statusCode, 401);
    const shown = await page(true);
    assert.deepEqual([shown.statusCode, shown.headers["content-type"]], [200, "text/html"]);

    const asked = await service({ secret: SECRET, playground: true }).app.inject({
      url: `/?query=${encodeURIComponent(QUERY)}`,
      headers: { accept: "text/html" },
    });
    assert.equal(asked.statusCode, 401);
  });

  it("is ready when the database has answered, until it drains, and alive all the while", async () => {
    const drain = new Drain();
    const status = async (ready: boolean, path: string) =>
      (await service({ ready, drain, secret: SECRET }).app.inject(path)).statusCode;
    assert.deepEqual([await status(false, "/readyz"), await status(true, "/readyz")], [503, 200]);
    drain.begin();
    assert.deepEqual([await status(true, "/readyz"), await status(true, "/livez")], [503, 200]);
  });

  it("counts its requests by route", async () => {
    const { app, ask } = service();
    await ask("{ users { id } }");
    const { body } = await app.inject("/metrics");
    assert.match(body, /http_request_duration_seconds_count\{method="POST",route="\/",status="200"\} 1/);
  });

  it("shows its counts to a collector that asks the pod itself, and to nobody who comes through an entry", async () => {
    const { app } = service({ secret: SECRET });
    const status = async (headers: Record<string, string>) =>
      (await app.inject({ url: "/metrics", headers })).statusCode;
    const entry = { "x-forwarded-for": "203.0.113.7" };
    assert.deepEqual([await status({}), await status(entry)], [200, 401]);
    assert.equal(await status({ ...entry, authorization: `Bearer ${SECRET}` }), 200);
  });
});
