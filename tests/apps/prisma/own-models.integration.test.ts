import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { migrate, readMigrations } from "../../../apps/prisma/src/migrations.js";
import { FakeMariaDb } from "./fake-maria-db.js";

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

const MIGRATION = "CREATE TABLE `Product` (`id` CHAR(36) NOT NULL, PRIMARY KEY (`id`))";
const runbook = readFileSync(join(repository, "docs/runbooks/own-models.md"), "utf8");
const blocksOf = (language: string) =>
  [...runbook.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, text = ""]) => text,
  );

/** Where the runbook is followed: a copy of the app. */
let folder = "";
const inFolder = (path: string) => join(folder, path);
// Prisma's own commands are compiled once, and not for each run of these tests.
const compiled = { NODE_COMPILE_CACHE: join(repository, "node_modules/.cache/node") };
const environment = { ...process.env, ...compiled, NODE_OPTIONS: "" };
const run = (program: string, args: string[], env: NodeJS.ProcessEnv = environment) =>
  execFileSync(program, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

function copyApp(): void {
  folder = mkdtempSync(join(tmpdir(), "prisma-models-"));
  const keep = ["src", "prisma", "prisma.config.ts", "package.json"];
  for (const name of keep) cpSync(join(app, name), inFolder(name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), inFolder("node_modules"));
}

function writeModels(): void {
  const file = inFolder("prisma/schema.prisma");
  const [generators = ""] = readFileSync(file, "utf8").split(/^\/\/\/|^model /m);
  writeFileSync(file, generators + SHOP);
}

function writeMigration(): void {
  rmSync(inFolder("prisma/migrations"), { recursive: true });
  mkdirSync(inFolder("prisma/migrations/20261201090000_shop"), { recursive: true });
  writeFileSync(inFolder("prisma/migrations/20261201090000_shop/migration.sql"), MIGRATION);
}

function generate(): void {
  const { scripts } = JSON.parse(readFileSync(inFolder("package.json"), "utf8"));
  run("sh", ["-c", `PATH=${join(repository, "node_modules/.bin")}:$PATH; ${scripts.generate as string}`]);
}

async function printedSchema(): Promise<string> {
  writeFileSync(
    inFolder("print.ts"),
    `import { printSchema } from "graphql";
import { buildSchema } from "./src/schema/schema.js";
import "./src/app.js";
export const printed = printSchema(buildSchema());
`,
  );
  const { printed } = await import(pathToFileURL(inFolder("print.ts")).href);
  return printed;
}

/** The seed as it was, which names models that are gone, is kept beside the one that the runbook puts in its place. */
function replaceSeed(): void {
  renameSync(inFolder("src/seed.ts"), inFolder("src/blog-seed.ts"));
  writeFileSync(inFolder("src/seed.ts"), blocksOf("ts")[0] ?? "");
}

/** Files that the types of `npm run check` find something wrong with. */
function wronglyTyped(): string[] {
  const options = { extends: join(repository, "tsconfig.json"), compilerOptions: { types: ["node"] } };
  writeFileSync(inFolder("tsconfig.json"), JSON.stringify({ ...options, include: ["src"], exclude: [] }));
  const { stdout } = spawnSync(join(repository, "node_modules/.bin/tsc"), ["--pretty", "false"], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
  return [...new Set([...stdout.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm)].map(([, file = ""]) => file))];
}

describe("apps/prisma with models of one's own, by the runbook", function () {
  this.timeout(120_000);
  let schema = "";
  before(async () => {
    copyApp();
    writeModels();
    writeMigration();
    generate();
    replaceSeed();
    schema = await printedSchema();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("applies the migration that was written, and nothing of the blog", async () => {
    const migrations = await readMigrations(inFolder("prisma/migrations"));
    const server = await FakeMariaDb.start((sql) =>
      sql.includes("GET_LOCK") ? [{ got: "1" }] : sql.startsWith("SHOW TABLES") ? [] : "ok",
    );
    try {
      assert.deepEqual(await migrate(server.database, migrations), ["20261201090000_shop"]);
      assert.deepEqual(server.sqlOf(/^CREATE TABLE `/), [MIGRATION]);
    } finally {
      await server.stop();
    }
  });

  it("names only options that Prisma's command for writing one has, and none that needs a database", () => {
    const options = blocksOf("sh")
      .join("")
      .split("\n")
      .filter((line) => line.includes("migrate diff"))
      .flatMap((line) => line.match(/--[\w-]+/g) ?? []);
    assert.equal(options.length, 6);
    const engine = { ...environment, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true" };
    const help = run(join(repository, "node_modules/.bin/prisma"), ["migrate", "diff", "--help"], engine);
    assert.deepEqual(
      options.filter(
        (option) => !new RegExp(`^ +${option}\\b`, "m").test(help) || /migrations|datasource/.test(option),
      ),
      [],
    );
  });

  it("is told by the types of a seed that names models that are gone, and of nothing else", () => {
    assert.deepEqual(wronglyTyped(), ["src/blog-seed.ts"]);
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
