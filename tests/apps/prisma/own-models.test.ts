import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const repository = join(import.meta.dirname, "../../..");
const app = join(repository, "apps/prisma");

const SHOP = `
enum State {
  OPEN
  PAID
}

model Product {
  id      String  @id @default(uuid(7)) @db.Char(36)
  code    String
  country String  @db.Char(2)
  price   Decimal
  stock   BigInt
  tags    Json?
  orders  Order[]
  @@unique([code, country])
}

model Order {
  id        Int      @id @default(autoincrement())
  state     State    @default(OPEN)
  product   Product? @relation(fields: [productId], references: [id])
  productId String?  @db.Char(36)
}
`;

/** Follows docs/runbooks/own-models.md, in a copy of the app. */
function schemaOfShop(): string {
  const folder = mkdtempSync(join(tmpdir(), "prisma-models-"));
  try {
    const keep = ["src", "prisma", "prisma.config.ts", "package.json"];
    for (const name of keep) cpSync(join(app, name), join(folder, name), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    const file = join(folder, "prisma/schema.prisma");
    const [generators = ""] = readFileSync(file, "utf8").split(/^\/\/\/|^model /m);
    writeFileSync(file, generators + SHOP);
    writeFileSync(join(folder, "src/seed.ts"), "export async function seed() {}\n");
    writeFileSync(
      join(folder, "print.ts"),
      `import { printSchema } from "graphql";
import { buildSchema } from "./src/schema/schema.js";
import "./src/app.js";
console.log(printSchema(buildSchema()));
`,
    );
    const env = { ...process.env, NODE_OPTIONS: "" };
    const run = (program: string, args: string[]) =>
      execFileSync(program, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const { generate } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).scripts;
    run("sh", ["-c", `PATH=${join(repository, "node_modules/.bin")}:$PATH; ${generate as string}`]);
    const loader = pathToFileURL(join(repository, "infra/typescript.mjs")).href;
    return run(process.execPath, ["--import", loader, "print.ts"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("apps/prisma with models of one's own", () => {
  let schema = "";
  before(function () {
    this.timeout(120_000);
    schema = schemaOfShop();
  });
  const typeOf = (name: string) =>
    new RegExp(`^(?:type|input|enum) ${name} \\{\n[\\s\\S]*?^\\}`, "m").exec(schema)?.[0];

  it("offers them, and nothing of the blog", () => {
    for (const field of [
      "product(",
      "products(",
      "productsCount(",
      "createOrder(",
      "updateProduct(",
      "deleteOrder(",
    ])
      assert.ok(schema.includes(`  ${field}`), field);
    assert.doesNotMatch(schema, /Post|Comment|User/);
  });

  it("knows their enums, exact numbers and JSON, and what may be missing", () => {
    assert.equal(typeOf("State"), "enum State {\n  OPEN\n  PAID\n}");
    const product = typeOf("Product") ?? "";
    for (const field of ["price: Decimal!", "stock: BigInt!", "tags: Json\n"])
      assert.ok(product.includes(field), field);
    assert.match(typeOf("Order") ?? "", /product: Product\n/);
    assert.match(typeOf("Order") ?? "", /state: State!/);
  });

  it("finds a row by several fields that are unique together", () => {
    assert.match(typeOf("ProductWhereUnique") ?? "", /code_country: Product_code_country/);
    assert.equal(
      typeOf("Product_code_country"),
      "input Product_code_country {\n  code: String!\n  country: String!\n}",
    );
  });

  it("lets a relation that may be missing be cut, and asks for no key that the database makes", () => {
    assert.match(typeOf("ProductChangeWithoutOrders") ?? "", /disconnect: Boolean/);
    assert.match(typeOf("OrderCreate") ?? "", /id: Int\n/);
    assert.match(typeOf("OrderWhere") ?? "", /state: StateFilter/);
  });
});
