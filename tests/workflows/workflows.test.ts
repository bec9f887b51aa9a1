import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const repository = join(import.meta.dirname, "../..");
const folder = join(repository, ".github/workflows");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
const texts = new Map(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text)]));

interface Job {
  file: string;
  name: string;
  job: any;
}
const jobs: Job[] = [...workflows].flatMap(([file, workflow]) =>
  Object.entries<any>(workflow.jobs).map(([name, job]) => ({ file, name, job })),
);
const job = (file: string, name: string): any => workflows.get(file).jobs[name];
const stepsOf = ({ steps = [] }: any): any[] => steps;
/** The jobs that run the code of whoever opened a pull request. */
const rehearsing = [
  ["preview.yml", "rehearsal"],
  ["rehearsal.yml", "acts"],
] as const;
const titles = (found: Job[]) => found.map(({ file, name }) => `${file} ${name}`);

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

  it("give no permission to all jobs, and to each only what it needs", () => {
    assert.deepEqual(
      [...workflows.values()].filter(({ permissions }) => JSON.stringify(permissions) !== "{}"),
      [],
    );
    const signIn = { contents: "read", "id-token": "write" };
    assert.deepEqual(
      Object.fromEntries(
        jobs.map(({ file, name, job: { permissions } }) => [`${file} ${name}`, permissions]),
      ),
      {
        "comment.yml comment": { contents: "read", actions: "read", "pull-requests": "write" },
        "deploy.yml dev": signIn,
        "deploy.yml prod-preview": signIn,
        "deploy.yml prod": signIn,
        "drift.yml drift": signIn,
        "preview.yml rehearsal": { contents: "read" },
        "preview.yml deployed": signIn,
        "rehearsal.yml acts": { contents: "read" },
        "stack.yml pulumi": signIn,
      },
    );
  });

  it("never run a stranger's code with a token that writes", () => {
    for (const [file, { on }] of workflows) assert.equal("pull_request_target" in on, false, file);
    const comment = job("comment.yml", "comment");
    const [checkout, ...others] = stepsOf(comment).filter(({ uses = "" }) =>
      uses.startsWith("actions/checkout@"),
    );
    assert.deepEqual(others, []);
    assert.equal(checkout.with.ref, "${{ github.event.repository.default_branch }}");
    const download = stepsOf(comment).find(({ uses = "" }) => uses.startsWith("actions/download-artifact@"));
    assert.equal(download.with.path, "${{ runner.temp }}/reports");
  });

  it("give a fork's code no secret and no identity", () => {
    assert.deepEqual(
      [...texts].filter(([, text]) => /\bsecrets\b/.test(text)).map(([file]) => file),
      [],
    );
    for (const [file, name] of rehearsing) {
      const open = job(file, name);
      assert.equal("environment" in open || "secrets" in open, false, name);
      assert.equal(JSON.stringify(open).includes("vars."), false, name);
    }
    assert.match(
      job("preview.yml", "deployed").if,
      /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
    );
  });

  it("leave no token in a checkout for what runs in it", () => {
    const checkouts = jobs.flatMap(({ job: one }) =>
      stepsOf(one).filter(({ uses = "" }) => uses.startsWith("actions/checkout@")),
    );
    assert.equal(checkouts.length, 4);
    assert.deepEqual(
      checkouts.filter((step) => step.with["persist-credentials"] !== false),
      [],
    );
  });

  it("put nothing that a stranger writes into a script", () => {
    const scriptsOfSteps = jobs.flatMap(({ job: one }) => stepsOf(one).map(({ run = "" }) => run as string));
    assert.deepEqual(
      scriptsOfSteps.filter((run) => run.includes("${{")),
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

  it("bind who deploys, who looks for drift and who only previews to environments of their own", () => {
    assert.equal(job("stack.yml", "pulumi").environment, "${{ inputs.environment }}");
    const bound = jobs.filter(({ job: one }) => one.uses === "./.github/workflows/stack.yml");
    assert.deepEqual(
      bound.map(({ job: { with: given } }) => [given.operation, given.stack, given.environment]),
      [
        ["up", "dev", "dev"],
        ["preview", "prod", "prod-preview"],
        ["up", "prod", "prod"],
        ["drift", "${{ matrix.stack }}", "${{ matrix.stack }}-drift"],
        ["preview", "${{ matrix.stack }}", "${{ matrix.stack }}-preview"],
      ],
    );
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

  it("look for drift as the one identity that reads Secrets and changes nothing, and for nobody's pull request", () => {
    const asDrift = jobs.filter(({ job: one }) => /-drift$/.test(one.with?.environment));
    assert.deepEqual(titles(asDrift), ["drift.yml drift"]);
    assert.deepEqual(Object.keys(workflows.get("drift.yml").on), ["schedule", "workflow_dispatch"]);
    for (const cloud of ["gcp", "aws"])
      assert.match(read(`infra/${cloud}/ci-identity.ts`), /-drift`/, `${cloud} lets no such environment in`);
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
    for (const file of ["machine/engine.ts", "rehearsal/environment.ts"])
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
