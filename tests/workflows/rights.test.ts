import assert from "node:assert/strict";
import { job, jobs, read, rehearsing, stepsOf, texts, titles, workflows } from "./files.js";

describe(".github/workflows", () => {
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

  it("look for drift as the one identity that reads Secrets and changes nothing, and for nobody's pull request", () => {
    const asDrift = jobs.filter(({ job: one }) => /-drift$/.test(one.with?.environment));
    assert.deepEqual(titles(asDrift), ["drift.yml drift"]);
    assert.deepEqual(Object.keys(workflows.get("drift.yml").on), ["schedule", "workflow_dispatch"]);
    for (const cloud of ["gcp", "aws"])
      assert.match(read(`infra/${cloud}/ci-identity.ts`), /-drift`/, `${cloud} lets no such environment in`);
  });
});
