import assert from "node:assert/strict";
import { execa } from "execa";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../shell/paths.js";

/** Runs lines of JavaScript in a process of their own, started as the engine starts the program. */
async function evaluate(script: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const args = ["--import", "slipway/typescript", "--input-type=commonjs", "--eval", script];
  const { stdout } = await execa(process.execPath, args, { cwd: repository, env });
  return JSON.parse(stdout);
}

/** Files that nothing needs which only registers resources, by their ends. */
const later = [
  "typescript/lib/typescript.js",
  "@npmcli/arborist/lib/arborist/index.js",
  "@pulumi/pulumi/automation/stack.js",
  "@pulumi/pulumi/provider/server.js",
  "@pulumi/kubernetes/helm/v3/helm.js",
  "@pulumi/kubernetes/yaml/yaml.js",
];
const loaded = `${JSON.stringify(later)}.filter((file) =>
  Object.keys(require.cache).some((name) => name.endsWith(file)))`;

// As the SDK makes its promises, and as a program's own errors come about: the frames of each.
const stacks = `(() => {
  const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable.js");
  const promise = Promise.resolve();
  debuggablePromise(promise, "");
  return [promise._debugStackTrace, new Error().stack].map((stack) => stack.split(" at ").length - 1);
})()`;

describe("the start of the program", () => {
  describe("in a checkout that was never started", () => {
    let checkout: string;
    beforeEach(() => {
      checkout = mkdtempSync(join(tmpdir(), "slipway-start-"));
      for (const file of ["package.json", "infra/typescript.mjs"])
        cpSync(join(repository, file), join(checkout, file));
      writeFileSync(join(checkout, "main.ts"), 'const word: string = "started";\nconsole.log(word);\n');
    });
    afterEach(() => {
      rmSync(checkout, { recursive: true });
    });

    const start = async () => {
      const options = { cwd: checkout, env: { NODE_COMPILE_CACHE: undefined } };
      const { stdout } = await execa(
        process.execPath,
        ["--import", "slipway/typescript", "main.ts"],
        options,
      );
      assert.equal(stdout, "started");
    };
    const kept = () => readdirSync(join(checkout, "node_modules/.cache/node"), { recursive: true }).length;

    it("keeps what was compiled from the second time on, since where each is the first nobody would read it", async () => {
      await start();
      assert.equal(kept(), 0);
      await start();
      const files = kept();
      assert.ok(files > 0);
      await start();
      assert.equal(kept(), files);
    });

    it("needs no place to keep anything", async () => {
      writeFileSync(join(checkout, "node_modules"), "");
      await start();
    });
  });

  // One process tells it all, since each takes a while to start; in this order, since what is loaded stays.
  let found: Record<"atFirst" | "onUse" | "onSerializing" | "stacks", any>;
  before(async () => {
    found = (await evaluate(`(async () => {
      const { automation, provider, runtime } = require("@pulumi/pulumi");
      const { helm, yaml } = require("@pulumi/kubernetes");
      const atFirst = ${loaded};
      const stacks = ${stacks};

      class Chart extends helm.v3.Chart {}
      const { ConfigFile } = yaml;
      const names = Object.keys(automation);
      const onUse = [
        names.includes("LocalWorkspace"), typeof automation.LocalWorkspace, "main" in provider, typeof ConfigFile, ${loaded},
      ];

      const seven = 7;
      const { text } = await runtime.serializeFunction(() => seven + 1);
      const paths = await runtime.computeCodePaths();
      const onSerializing = [text.includes("seven: 7"), paths.has("node_modules/execa"), ${loaded}];
      console.log(JSON.stringify({ atFirst, stacks, onUse, onSerializing }));
    })()`)) as typeof found;
  });

  it("loads the SDKs without what only other programs than ours need", () => {
    assert.deepEqual(found.atFirst, []);
  });

  it("loads the rest once something of it is asked for, by name or by a list of all names", () => {
    assert.deepEqual(found.onUse, [true, "function", true, "function", later.slice(2)]);
  });

  it("loads the compiler and the package reader once a function is serialized after all", () => {
    assert.deepEqual(found.onSerializing, [true, true, later]);
  });

  it("keeps no stack of the SDK's promises, and all of errors", () => {
    const [ofPromise, ofError = 0] = found.stacks as number[];
    assert.equal(ofPromise, 0);
    assert.ok(ofError > 5, `${ofError} frames`);
  });

  describe("by imports", () => {
    let imported: Record<"workspace" | "languages" | "texts" | "read", any>;
    before(async () => {
      imported = (await evaluate(`(async () => {
        const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
        const { automation } = require("@pulumi/pulumi");
        const workspace = automation.LocalWorkspace === LocalWorkspace;

        const read = [];
        require("node:module").registerHooks({
          load(url, context, nextLoad) {
            read.push(...(/locales\\/(?!index)\\w+/.exec(url) ?? []));
            return nextLoad(url, context);
          },
        });
        const { z } = await import("zod");
        const languages = Object.keys(z.locales).length;
        const say = () => z.string().safeParse(7).error.issues[0].message;
        const texts = [say()];
        z.config(z.locales.de());
        console.log(JSON.stringify({ workspace, languages, texts: [...texts, say()], read }));
      })()`)) as typeof imported;
    });

    it("lets one of a module that others get on first use name what it wants", () => {
      assert.equal(imported.workspace, true);
    });

    it("loads the languages of zod's texts that are asked for, and no others", () => {
      assert.ok(imported.languages > 40, `${imported.languages as number} languages`);
      assert.deepEqual(imported.texts, [
        "Invalid input: expected string, received number",
        "Ungültige Eingabe: erwartet string, erhalten Zahl",
      ]);
      assert.deepEqual(imported.read, ["locales/en", "locales/de"]);
    });
  });

  it("keeps the stacks of promises for who looks for leaks", async () => {
    const [ofPromise = 0] = (await evaluate(`console.log(JSON.stringify(${stacks}))`, {
      PULUMI_DEBUG_PROMISE_LEAKS: "true",
    })) as number[];
    assert.ok(ofPromise > 5, `${ofPromise} frames`);
  });
});
