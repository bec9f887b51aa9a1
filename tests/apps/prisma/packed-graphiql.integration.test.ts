import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { execa } from "execa";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpack } from "../../../apps/prisma/src/packed-graphiql.js";
import { repository } from "../../../shell/paths.js";

describe("apps/prisma, GraphiQL as the image holds it", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-graphiql-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is a quarter of its size, and the same page", async () => {
    await execa(process.execPath, [join(repository, "apps/prisma/pack-graphiql.mjs"), folder]);
    const options = { title: "Prisma", defaultQuery: "{ users { name } }" };
    const page = renderGraphiQL(options);
    assert.equal(unpack(folder).renderGraphiQL(options), page);
    assert.ok(statSync(join(folder, "graphiql.cjs.br")).size < page.length / 4);
  });
});
