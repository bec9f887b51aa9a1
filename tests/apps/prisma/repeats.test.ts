import assert from "node:assert/strict";
import { repeating } from "../../../apps/prisma/src/repeats.js";
import { blogOf, fakeDatabase } from "./fake-database.js";
import { codesOf, service } from "./service.js";

const LIST = "{ posts { id author { name } } }";

/** A client whose first statements lose their connection. */
function losing(times: number, message = "read ECONNRESET") {
  let left = times;
  const { client, statements } = fakeDatabase(blogOf(2), () => {
    if (left-- > 0) throw Object.assign(new Error(message), { code: message });
  });
  return { client: repeating(client, ["user", "post"], { patienceMs: 10_000 }), statements };
}

describe("apps/prisma repeats", () => {
  it("answer a read when a connection is lost twice, and give up the third time", async () => {
    const twice = losing(2);
    const { data } = await service(twice).ask(LIST);
    assert.deepEqual(data.posts[1], { id: "p1", author: { name: "U1" } });
    assert.equal(twice.statements.length, 4);

    const thrice = losing(3);
    assert.deepEqual(codesOf(await service(thrice).ask(LIST)), ["UNAVAILABLE"]);
    assert.equal(thrice.statements.length, 3);
  });

  it("leave alone what fails for another reason, and what writes", async () => {
    const other = losing(1, "Unknown column");
    assert.deepEqual(codesOf(await service(other).ask(LIST)), ["INTERNAL"]);
    assert.equal(other.statements.length, 1);

    const { client, statements } = losing(1);
    await assert.rejects(client.user.deleteMany({ where: { id: "u1" } }), /ECONNRESET/);
    assert.equal(statements.length, 1);
    assert.deepEqual(await client.$queryRawUnsafe("SELECT `id` FROM `prisma`.`User`"), [
      { id: "u0" },
      { id: "u1" },
    ]);
  });
});
