import assert from "node:assert/strict";
import { code, longestComment, reportMarkdown } from "../../preview/markdown.js";
import { reportText } from "../../preview/text.js";
import { change, dangerous, report } from "./reports.js";

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    change("create", "kubernetes:core/v1:ConfigMap", `config-${index}`),
  );

describe("preview/markdown", () => {
  it("tells first what could lose data, then what could stop service, then every change by its kind", () => {
    assert.equal(
      reportMarkdown([dangerous("dev")]),
      [
        "| stack | against | created | changed | REPLACED | deleted | unchanged | risky |",
        "| --- | --- | --: | --: | --: | --: | --: | --: |",
        "| dev | `origin/main` | 1 | 1 | 1 | 1 | 10 | 2 |",
        "",
        "",
        "### 2 that could lose data or stop service",
        "",
        "- [data] dev: `gcp:container:Cluster` `gke` is REPLACED, deleted before there is another: the whole cluster goes: every pod, every volume, every address of a load balancer (because of `network`)",
        "- [service] dev: `gcp:compute:Address` `chat` is deleted: the address is given back: names, and other people's rules, still point to it",
        "",
        "<details><summary>dev: 1 REPLACED</summary>",
        "",
        "- `gcp:container:Cluster` `gke`",
        "  - `network`: `old` → `new`, which replaces it",
        "",
        "</details>",
        "",
        "<details><summary>dev: 1 deleted</summary>",
        "",
        "- `gcp:compute:Address` `chat`",
        "",
        "</details>",
        "",
        "<details><summary>dev: 1 changed</summary>",
        "",
        "- `kubernetes:apps/v1:Deployment` `journal-frontend`",
        "  - `spec.replicas`: `2` → `3`",
        "",
        "</details>",
        "",
        "<details><summary>dev: 1 created</summary>",
        "",
        "- `gcp:compute:Network` `new`",
        "",
        "</details>",
        "",
      ].join("\n"),
    );
  });

  it("fits into a comment whatever the number of changes, keeps what is risky, and counts what it leaves out", () => {
    const { changes } = dangerous("prod");
    const log = "https://example.com/log";
    const text = reportMarkdown([report("dev", many(2000)), report("prod", [...many(2000), ...changes])], {
      log,
    });
    assert.ok(text.length <= longestComment, `${text.length} characters`);
    assert.ok(text.length > longestComment * 0.9, `only ${text.length} characters`);
    assert.match(text, /the whole cluster goes/);
    assert.match(text, /<summary>prod: 1 REPLACED<\/summary>\n\n- `gcp:container:Cluster` `gke`/);
    const shown = text.match(/^- `kubernetes:core\/v1:ConfigMap`/gm)?.length ?? 0;
    const left = [...text.matchAll(/- and (\d+) more, see \[the log\]\(https:\/\/example\.com\/log\)/g)];
    // The network that prod creates is among those that are left out.
    assert.equal(shown + left.reduce((sum, [, count]) => sum + Number(count), 0), 4001);
  });

  it("leaves out what is created before anything that is changed", () => {
    const changed = Array.from({ length: 60 }, (_, index) =>
      change("update", "a:b:C", `changed-resource-${index}`),
    );
    const text = reportMarkdown([report("dev", [...many(500), ...changed])], { limit: 3500 });
    assert.equal(text.match(/changed-resource-/g)?.length, 60);
    assert.match(text, /- and \d+ more/);
  });

  it("cuts even the risks when they alone are too many", () => {
    const clusters = Array.from({ length: 1000 }, (_, index) =>
      change("delete", "gcp:container/cluster:Cluster", `gke-${index}`, { risks: ["cluster"] }),
    );
    const text = reportMarkdown([report("dev", clusters)], { limit: 10_000 });
    assert.ok(text.length <= 10_000, `${text.length} characters`);
    assert.match(text, /- and \d+ more/);
  });

  it("gives no name and no value a way out of its span of code", () => {
    const evil = "a`</details>\n\n# @everyone [x](https://evil.example)\u202e<img src=x>";
    assert.equal(code(evil), "`a'</details>  # @everyone [x](https://evil.example) <img src=x>`");
    const property = { path: evil, replaces: true, before: evil, after: evil };
    const risks = ["cluster", evil];
    const text = reportMarkdown([
      report("dev", [change("replace", evil, evil, { properties: [property], risks })]),
    ]);
    const outside = text.replaceAll(/`[^`\n]*`/g, "");
    assert.equal(/evil|everyone|img/.test(outside), false, outside);
    assert.equal(text.match(/<\/details>/g)?.length, text.match(/<details>|`a'<\/details>/g)?.length);
  });

  it("shows why there is no preview, as text that can end nothing", () => {
    const failure =
      'Stack "dev" has 1 configuration problem(s):\n  - slipway:jornal: unknown key\n```\n# title';
    const text = reportMarkdown([report("dev", [], { failure })]);
    assert.match(text, /### dev: the preview failed\n\n {4}Stack "dev" has 1/);
    assert.match(text, /\n {4}```\n {4}# title\n/);
  });
});

describe("preview/text", () => {
  it("tells the same to a terminal, the risks first", () => {
    const text = reportText(dangerous("dev"));
    assert.match(
      text,
      /^dev, against origin\/main: 1 REPLACED, 1 deleted, 1 changed, 1 created, 10 unchanged\n\n2 that could/,
    );
    assert.match(
      text,
      /\n1 REPLACED:\n- gcp:container:Cluster gke\n {2}- network: old → new, which replaces it\n/,
    );
  });

  it("says so when nothing changes", () => {
    assert.equal(reportText(report("dev", [])), "dev, against origin/main: 10 unchanged");
  });

  it("lets no escape sequence of a name through to the terminal", () => {
    const name = "a\u001b[2Jb";
    assert.equal(reportText(report("dev", [change("create", "a:b:C", name)])).includes("\u001b"), false);
  });
});
