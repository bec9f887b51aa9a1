import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../../infra/config.js";
import { commands, folder, found, read, repository, runbooks } from "./runbooks.js";

const scriptsOf = (path: string) => (JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts;
const scripts = { ...scriptsOf("package.json"), ...scriptsOf("apps/prisma/package.json") };

/** Whether the schema has such a path below one of its keys. */
function isSetting(path: string): boolean {
  const [key = "", ...rest] = path.split(".");
  let schema: any = settings[key as keyof typeof settings];
  for (const name of rest) {
    while (schema?.unwrap) schema = schema.unwrap();
    schema = schema?.shape?.[name];
  }
  return schema !== undefined;
}

describe("docs/runbooks", () => {
  it("are backups, the first deployment, one's own models, and what to do when something is stuck", () => {
    assert.deepEqual(runbooks.map(({ file }) => file).sort(), [
      "backup-and-restore.md",
      "first-deployment.md",
      "own-models.md",
      "stuck.md",
    ]);
    assert.ok(commands.length >= 60, `found only ${commands.length} commands`);
  });

  it("name only npm scripts that package.json has", () => {
    const named = found(/npm run ([\w:]+)/g);
    assert.deepEqual(named, [
      "backup",
      "check",
      "diff",
      "doctor",
      "down",
      "generate",
      "preview",
      "push",
      "restore",
      "status",
      "up",
    ]);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it("name only keys of the stack file that the schema has", () => {
    const keys = found(/slipway:([\w.]+\w)/g);
    assert.ok(keys.length >= 14, `found only ${keys.length} keys`);
    assert.deepEqual(
      keys.filter((key) => !isSetting(key)),
      [],
    );
    assert.equal(isSetting("gcp.gke.nowhere"), false);
  });

  it("ask only for outputs that the program has", () => {
    const outputs = found(/export const \{([\w,\s]+)\}/g, read("infra/index.ts"))
      .join()
      .split(",")
      .map((name) => name.trim());
    const named = found(/pulumi stack output (\w+)/g);
    assert.deepEqual(named, ["addresses", "ciIdentities", "egressAddresses", "kubeconfigs", "urls"]);
    assert.deepEqual(
      named.filter((name) => !outputs.includes(name)),
      [],
    );
  });

  it("link to and name only files that are there", () => {
    for (const { file, text } of runbooks) {
      const links = found(/\]\((?!http)([^)#]+)\)/g, text);
      assert.ok(links.length >= 1, `${file}: no link`);
      assert.deepEqual(
        links.filter((link) => !existsSync(join(folder, link))),
        [],
      );
      const files = found(/`(Pulumi\.\w+\.yaml|apps\/|\.github\/[\w/.-]+)`/g, text);
      assert.deepEqual(
        files.filter((name) => !existsSync(join(repository, name))),
        [],
      );
    }
  });

  it("say of every Pulumi command which stack it is for", () => {
    const ofStacks = commands.filter((command) =>
      /pulumi (up|preview|refresh|destroy|cancel|stack (output|export|import))/.test(command),
    );
    assert.ok(ofStacks.length >= 15, `found only ${ofStacks.length} commands`);
    assert.deepEqual(
      ofStacks.filter((command) => !command.includes("--stack dev")),
      [],
    );
  });

  it("never leave a kubeconfig or a state behind where it was written to look at", () => {
    for (const { text } of runbooks) {
      const written = [...text.matchAll(/(?:> |export [^\n]*--file )(kubeconfig-dev|state\.json)/g)].map(
        ([, name = ""]) => name,
      );
      for (const name of written) assert.match(text, new RegExp(`rm ${name.replace(".", "\\.")}`));
    }
  });
});
