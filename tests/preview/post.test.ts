import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { longestComment } from "../../preview/markdown.js";
import { post } from "../../preview/post.js";
import { startGitHub, type Stored } from "./git-hub-server.js";
import { change, dangerous, report } from "./reports.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const token = "t0ken";

const pull = (number: number, sha: string, fork = "stranger/platform") => ({
  number,
  head: { sha, ref: "patch-1", user: { login: fork.split("/")[0] }, repo: { full_name: fork } },
  base: { repo: { full_name: "acme/platform" } },
});

const runOf = (event: string) => ({
  workflow_run: {
    event,
    html_url: "https://github.example/acme/platform/actions/runs/1",
    head_sha: commit,
    head_branch: "patch-1",
    head_repository: { full_name: "stranger/platform", owner: { login: "stranger" } },
    pull_requests: [],
  },
  repository: { full_name: "acme/platform", owner: { login: "acme" } },
});

const bodyOf = ([comment]: readonly Stored[]) => comment?.body ?? "";

describe("preview/post", () => {
  let folder: string;
  let stop: () => void = () => undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-post-"));
    await mkdir(join(folder, "reports"));
    await writeFile(join(folder, "event.json"), JSON.stringify(runOf("pull_request")));
  });
  afterEach(async () => {
    stop();
    stop = () => undefined;
    await rm(folder, { recursive: true });
  });

  const save = (name: string, value: unknown) =>
    writeFile(join(folder, "reports", name), typeof value === "string" ? value : JSON.stringify(value));
  const saveEvent = (event: unknown) => writeFile(join(folder, "event.json"), JSON.stringify(event));

  async function run(pulls: unknown[] = [pull(7, commit)], comments: Stored[] = []) {
    const gitHub = await startGitHub(pulls, comments);
    stop = gitHub.stop;
    const said = () =>
      post({
        folder: join(folder, "reports"),
        eventFile: join(folder, "event.json"),
        apiUrl: gitHub.apiUrl,
        token,
      });
    return { ...gitHub, said };
  }

  it("writes one comment for all stacks, and the next time changes that one", async () => {
    await save("dev.json", dangerous("dev"));
    await save("prod.json", report("prod", []));
    const { said, comments, requests } = await run();

    assert.equal(await said(), "created the comment in pull request 7");
    await save("dev.json", report("dev", []));
    assert.equal(await said(), "updated the comment in pull request 7");

    assert.equal(comments.length, 1);
    assert.match(bodyOf(comments), /^<!-- slipway/);
    assert.match(bodyOf(comments), /\| dev \| `origin\/main` \| 0 \| 0 \| 0 \| 0 \| 10 \| 0 \|\n\| prod \|/);
    assert.deepEqual([...new Set(requests.map((request) => request.token))], [`Bearer ${token}`]);
  });

  it("finds its comment among hundreds of others, and takes nobody else's for it", async () => {
    const others = Array.from({ length: 150 }, (_, id) => ({ id, body: "hm", user: { login: "somebody" } }));
    const { said, comments } = await run([pull(7, commit)], others);
    await said();
    const body = bodyOf(comments.slice(-1));
    comments[0] = { id: 0, body: `${body}of somebody`, user: { login: "somebody" } };
    comments[120] = { id: 120, body: `look: ${body}`, user: { login: "github-actions[bot]" } };
    assert.equal(await said(), "updated the comment in pull request 7");
    assert.equal(comments.length, 151);
    assert.deepEqual([comments[0].body, comments[120].body], [`${body}of somebody`, `look: ${body}`]);
  });

  it("asks GitHub for the pull request, by the fork's branch and the commit of the run, and believes no file", async () => {
    await save("dev.json", report("dev", []));
    const { said, comments } = await run([pull(6, "f".repeat(40)), pull(7, commit)]);
    assert.equal(await said(), "created the comment in pull request 7");
    assert.equal(comments.length, 1);
  });

  it("says nothing when the pull request has moved on, or when the run was for something else", async () => {
    const { said, comments, stop: end } = await run([pull(7, "f".repeat(40))]);
    assert.equal(await said(), `nothing to tell: no open pull request ends with commit ${commit}`);
    end();
    await saveEvent(runOf("push"));
    const second = await run();
    assert.equal(await second.said(), 'nothing to tell: the run was for "push", not for a pull request');
    assert.deepEqual([...comments, ...second.comments, ...second.requests], []);
  });

  it("says that there is no preview when the run left no report", async () => {
    await rm(join(folder, "reports"), { recursive: true });
    const { said, comments } = await run();
    await said();
    assert.match(
      bodyOf(comments),
      /There is no preview of this commit: see \[the run\]\(https:\/\/github\.example/,
    );
  });

  it("refuses a file that is no report, is too large, or leads out of the folder, and comments nothing", async () => {
    const { said, comments } = await run();
    const bad: [string, RegExp][] = [
      [JSON.stringify({ ...report("dev", []), number: 1 }), /Unrecognized key: "number"/],
      [JSON.stringify(report("dev](https://evil.example)", [])), /expected a stack's name/],
      [JSON.stringify(report("dev", [change("create", "x".repeat(501), "a")])), /not a report/],
      ["x".repeat(4 * 1024 * 1024 + 1), /at most 4194304 bytes, got 4194305/],
    ];
    for (const [text, message] of bad) {
      await save("dev.json", text);
      await assert.rejects(said(), message);
    }
    await rm(join(folder, "reports/dev.json"));
    for (let index = 0; index < 11; index++) await save(`s${index}.json`, report("dev", []));
    await assert.rejects(said(), /at most 10 reports, got 11/);
    assert.deepEqual(comments, []);
  });

  it("does not follow a link of the artifact", async () => {
    await writeFile(join(folder, "outside.json"), JSON.stringify(dangerous("dev")));
    await symlink(join(folder, "outside.json"), join(folder, "reports/dev.json"));
    const { said, comments } = await run();
    await said();
    assert.match(bodyOf(comments), /There is no preview of this commit/);
  });

  it("never writes more than GitHub takes", async () => {
    const changes = Array.from({ length: 3000 }, (_, index) =>
      change("create", "a:b:C", `resource-${index}`),
    );
    await save("dev.json", report("dev", changes));
    const { said, comments } = await run();
    await said();
    const { length } = bodyOf(comments);
    assert.ok(length <= longestComment && length > longestComment * 0.9, `${length} characters`);
  });

  it("fails with GitHub's own words when it refuses", async () => {
    const { said } = await run([{ ...pull(8, commit) }]);
    await assert.rejects(said(), /GitHub answered 404 to GET \/issues\/8\/comments\?.*Not Found/);
  });
});
