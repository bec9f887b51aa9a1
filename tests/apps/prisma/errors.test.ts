import assert from "node:assert/strict";
import { isConnectionLost } from "../../../apps/prisma/src/errors.js";
import { fakeDatabase } from "./fake-database.js";
import { service } from "./service.js";

/** What a caller sees of an error in the database. */
async function seen(error: unknown) {
  const { client } = fakeDatabase({}, () => {
    throw error;
  });
  const { body, errors = [], statusCode } = await service({ client }).ask("{ users { id } }");
  return { body, code: errors[0]?.extensions.code as string, statusCode };
}

const driverError = (cause: object) =>
  Object.assign(new Error("of the driver"), { name: "DriverAdapterError", cause });

describe("apps/prisma errors", () => {
  it("have a code, and tell nothing of the inside", async () => {
    const { code, body } = await seen(new Error("/app/main.cjs: password p4ss at 10.0.0.7"));
    assert.equal(code, "INTERNAL");
    assert.doesNotMatch(body, /p4ss|10\.0|main\.cjs|stack/);
  });

  it("say that the database is away, which passes, and not that it is our fault", async () => {
    const away = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:3306"), { code: "ECONNREFUSED" });
    assert.equal((await seen(away)).code, "UNAVAILABLE");
  });

  it("tell what a caller can do something about", async () => {
    const unique = driverError({
      kind: "UniqueConstraintViolation",
      constraint: { index: "User_email_key" },
    });
    assert.equal((await seen(unique)).code, "CONFLICT");
    const long = driverError({ kind: "LengthMismatch", column: "name" });
    assert.equal((await seen(long)).code, "BAD_USER_INPUT");
  });

  it("know a lost connection however deep its error is wrapped, and no other by mistake", () => {
    const lost = {
      name: "PrismaClientKnownRequestError",
      code: "P2010",
      cause: { cause: { code: "ECONNRESET" } },
    };
    assert.equal(isConnectionLost(lost), true);
    assert.equal(isConnectionLost({ code: "P1017" }), true);
    for (const code of ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"])
      assert.equal(isConnectionLost({ code, message: `connect ${code} 10.0.0.7:3306` }), true, code);
    assert.equal(isConnectionLost(new Error("Unknown column 'closed'")), false);
    assert.equal(isConnectionLost(undefined), false);
  });

  it("of a request that is no GraphQL are answered as GraphQL would", async () => {
    const { app } = service();
    const { statusCode, body } = await app.inject({
      method: "POST",
      url: "/",
      payload: "{",
      headers: { "content-type": "application/json" },
    });
    assert.equal(statusCode, 400);
    assert.equal(JSON.parse(body).errors[0].extensions.code, "BAD_REQUEST");
  });
});
