import assert from "node:assert/strict";
import { files, job, jobs, read, rehearsing, stepsOf, texts, titles, workflows } from "./files.js";

const { scripts, dependencies } = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

describe(".github/workflows", () => {
  it("are these, and no others", () => {
    assert.deepEqual(files.sort(), [
      "comment.yml",
      "deploy.yml",
      "drift.yml",
      "preview.yml",
      "rehearsal.yml",
      "stack.yml",
    ]);
  });

  it("let no expression choose an empty text by && and ||, which always takes the other one", () => {
    const wrong = [...texts].filter(([, text]) => /&& *'' *\|\|/.test(text)).map(([file]) => file);
    assert.deepEqual(wrong, []);
  });

  it("fail a pull request for a risk, unless it has the label, and no push", () => {
    const step = stepsOf(job("preview.yml", "rehearsal")).find(({ env }) => env?.FAIL_ON_RISK);
    assert.match(step.env.FAIL_ON_RISK, /github\.event_name == 'pull_request' && !contains\(/);
  });

  it("use every action by its commit, with the version beside it", () => {
    const uses = [...texts.values()].flatMap((text) => text.match(/^.*\buses:.*$/gm) ?? []);
    const foreign = uses.filter((line) => !/uses: \.\//.test(line));
    assert.equal(foreign.length, 16);
    assert.deepEqual(
      foreign.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
      [],
    );
    const commits = new Map<string, Set<string>>();
    for (const [, action = "", commit = ""] of foreign.map((line) => /uses: (\S+)@(\S+)/.exec(line) ?? [])) {
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
    }
    assert.deepEqual(
      [...commits].filter(([, { size }]) => size > 1).map(([action]) => action),
      [],
    );
  });

  it("deploy a stack one at a time and never cancel it", () => {
    for (const stack of ["dev", "prod"]) {
      assert.deepEqual(job("deploy.yml", stack).concurrency, {
        group: `deploy-${stack}`,
        "cancel-in-progress": false,
      });
    }
    const deploying = jobs.filter(({ job: one }) => one.with?.operation === "up");
    assert.deepEqual(titles(deploying), ["deploy.yml dev", "deploy.yml prod"]);
    assert.equal("concurrency" in workflows.get("deploy.yml"), false);
    assert.equal(job("stack.yml", "pulumi")["timeout-minutes"], 360);
  });

  it("change nothing where they only look", () => {
    const runs = stepsOf(job("stack.yml", "pulumi")).filter(({ run = "" }) => run.startsWith("pulumi "));
    assert.deepEqual(
      runs.map(({ if: when, run }) => [when, run.split(" ").slice(0, 2).join(" ")]),
      [
        ["${{ inputs.operation == 'preview' }}", "pulumi preview"],
        ["${{ inputs.operation == 'up' }}", "pulumi up"],
        ["${{ inputs.operation == 'drift' }}", "pulumi preview"],
      ],
    );
    assert.match(runs[2].run, /--refresh --expect-no-changes/);
  });

  it("play every act of the rehearsal for every pull request, forks' too, and show its tables", () => {
    const { on } = workflows.get("rehearsal.yml");
    // Not for a label, which would begin it anew.
    assert.deepEqual(on.pull_request.types, ["opened", "synchronize", "reopened"]);
    const acts = job("rehearsal.yml", "acts");
    assert.equal("if" in acts || "needs" in acts, false);
    const last = stepsOf(acts).at(-1);
    assert.equal("if" in last || "continue-on-error" in last, false);
    assert.equal(last.run, 'npm run test:rehearsal -- --markdown "$GITHUB_STEP_SUMMARY"');
  });

  it("limit the time of every job, and keep one toolchain for all that rehearse", () => {
    const own = jobs.filter(({ job: one }) => one.uses === undefined);
    assert.deepEqual(titles(own.filter(({ job: one }) => !(one["timeout-minutes"] > 0))), []);
    const [first, ...others] = rehearsing.map(([file, name]) =>
      stepsOf(job(file, name)).find(({ uses = "" }) => uses.startsWith("actions/cache@")),
    );
    assert.equal(first.with.path, ".local/bin");
    for (const other of others) assert.deepEqual(other, first);
  });

  it("tell of every run of the preview that was for a pull request", () => {
    const { on } = workflows.get("comment.yml");
    assert.deepEqual(on, {
      workflow_run: { workflows: [workflows.get("preview.yml").name], types: ["completed"] },
    });
    const upload = stepsOf(job("preview.yml", "rehearsal")).find(({ uses = "" }) =>
      uses.includes("upload-artifact"),
    );
    assert.match(upload.if, /!cancelled\(\)/);
    const download = stepsOf(job("comment.yml", "comment")).find(({ uses = "" }) =>
      uses.includes("download-artifact"),
    );
    assert.equal(download.with.name, upload.with.name);
  });

  it("install the engine that the program's SDK is of", () => {
    const install = stepsOf(job("stack.yml", "pulumi")).find(({ uses = "" }) =>
      uses.startsWith("pulumi/actions@"),
    );
    assert.equal(install.with["pulumi-version"], dependencies["@pulumi/pulumi"]);
    assert.equal("command" in install.with, false);
  });

  it("let the program win over objects that a killed run made, as the project's own commands do", () => {
    const setting = /PULUMI_K8S_ENABLE_PATCH_FORCE: "(\w+)"/;
    for (const file of ["engine/local-stack.ts", "rehearsal/environment.ts"])
      assert.equal(setting.exec(read(file))?.[1], "true", file);
    assert.equal(job("stack.yml", "pulumi").env.PULUMI_K8S_ENABLE_PATCH_FORCE, "true");
  });

  it("run only scripts that package.json has", () => {
    const named = [...texts.values()].flatMap((text) => [...text.matchAll(/npm (?:run )?([\w:]+)/g)]);
    const ours = named.map(([, name = ""]) => name).filter((name) => name !== "ci");
    assert.deepEqual([...new Set(ours)].sort(), [
      "comment",
      "diff",
      "lint:workflows",
      "test",
      "test:rehearsal",
    ]);
    assert.deepEqual(
      ours.filter((name) => !(name in scripts)),
      [],
    );
  });
});
