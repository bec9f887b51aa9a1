import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommands } from "../../preview/commands.js";
import { parseReport, type StackReport } from "../../preview/report.js";
import { dangerous, report } from "./reports.js";

describe("preview/commands", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-commands-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(args: string[], result: StackReport = dangerous("dev")) {
    const said: string[] = [];
    const asked: string[][] = [];
    let code = 0;
    const answer = (...question: string[]) => {
      asked.push(question);
      return Promise.resolve(result);
    };
    const program = createCommands(
      {
        first: (stack) => answer("first", stack),
        against: (stack, ref) => answer("against", stack, ref),
      },
      { say: (text) => said.push(text), tell: () => undefined, exitWith: (given) => (code = given) },
    );
    await program.parseAsync(args, { from: "user" });
    return { said: said.join("\n"), asked, code };
  }

  it("previews a stack from nothing, or against a git ref", async () => {
    assert.deepEqual((await run(["preview", "dev"])).asked, [["first", "dev"]]);
    assert.deepEqual((await run(["diff", "prod", "origin/main"])).asked, [
      ["against", "prod", "origin/main"],
    ]);
  });

  it("ends with 0 whatever changes, and with 3 if it is asked to and there is a risk", async () => {
    assert.equal((await run(["diff", "dev", "main"])).code, 0);
    assert.equal((await run(["diff", "dev", "main", "--fail-on-risk"])).code, 3);
    assert.equal((await run(["diff", "dev", "main", "--fail-on-risk"], report("dev", []))).code, 0);
  });

  it("ends with 1 and says why when the stack cannot be previewed, risks or not", async () => {
    const failed = { ...dangerous("dev"), failure: "slipway:jornal: unknown key" };
    const { code, said } = await run(["preview", "dev", "--fail-on-risk"], failed);
    assert.equal(code, 1);
    assert.match(said, /The preview failed:\nslipway:jornal: unknown key$/);
  });

  it("writes the report for programs and for people into files, and prints it as well", async () => {
    const [json, markdown] = [join(folder, "dev.json"), join(folder, "dev.md")];
    const { said } = await run(["diff", "dev", "main", "--json", json, "--markdown", markdown]);
    assert.deepEqual(parseReport(await readFile(json, "utf8")), dangerous("dev"));
    assert.match(await readFile(markdown, "utf8"), /^\| stack \|/);
    assert.match(said, /^dev, against origin\/main/);
  });

  it("prints one form instead of the text when the file is -", async () => {
    const { said } = await run(["preview", "dev", "--json", "-"]);
    assert.deepEqual(parseReport(said), dangerous("dev"));
  });
});
