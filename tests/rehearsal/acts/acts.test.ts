import assert from "node:assert/strict";
import { applyEdit } from "../../../rehearsal/acts/edits.js";
import { everydayActs } from "../../../rehearsal/acts/everyday.js";
import { partsOf } from "../../../rehearsal/acts/index.js";
import { createdInClouds } from "../../../rehearsal/acts/interruptions.js";
import { refusalActs } from "../../../rehearsal/acts/refusals.js";
import { inventoryDifferences } from "../../../rehearsal/acts/teardown.js";
import { changesOf, unexpected } from "../../../rehearsal/changes.js";
import type { Existing } from "../../../rehearsal/cloud/store.js";
import { stepOf, type Step } from "../../../rehearsal/events.js";
import {
  asCount,
  asMarkdown,
  asText,
  hasProblems,
  playAct,
  type StackReport,
} from "../../../rehearsal/report.js";
import { readCommitted } from "../../../rehearsal/stack.js";
import { repository } from "../../../shell/paths.js";

const step = (op: string, type: string, name: string): Step => ({
  op,
  type,
  name,
  urn: "",
  diffs: [],
  replaceKeys: [],
});

const event = (op: string, more: object = {}): any => ({
  resourcePreEvent: {
    metadata: {
      op,
      urn: "urn:pulumi:dev::slipway::a$kubernetes:apps/v1:Deployment::journal",
      type: "t",
      ...more,
    },
  },
});

describe("rehearsal/events and rehearsal/changes", () => {
  it("makes a step of what the engine does, with the paths that differ", () => {
    const told = stepOf(
      event("update", { diffs: ["spec"], detailedDiff: { "spec.replicas": {} }, keys: null }),
    );
    assert.deepEqual(
      [told?.op, told?.name, told?.diffs, told?.replaceKeys],
      ["update", "journal", ["spec.replicas"], []],
    );
  });

  it("makes none of what stays as it is, nor of other events", () => {
    assert.equal(stepOf(event("same")), undefined);
    assert.equal(stepOf({ sequence: 1, timestamp: 1 }), undefined);
  });

  it("counts the steps of a replacement as one change, and no component", () => {
    const steps = [
      step("create-replacement", "kubernetes:core/v1:Secret", "redis"),
      step("replace", "kubernetes:core/v1:Secret", "redis"),
      step("delete-replaced", "kubernetes:core/v1:Secret", "redis"),
      step("update", "slipway:apps:Redis", "redis"),
      step("update", "pulumi:providers:kubernetes", "gke"),
      step("create", "pulumi:providers:pulumi", "default"),
    ];
    assert.deepEqual(changesOf(steps), ["replace Secret redis", "update kubernetes gke"]);
  });

  it("says what changed though it may not, and what did not though it has to", () => {
    const steps = [{ ...step("update", "k:A", "a"), diffs: ["spec.replicas"] }, step("update", "k:B", "b")];
    assert.deepEqual(unexpected(steps, ["update B b", "update C c"]), [
      "unexpected: update A a spec.replicas",
      "missing: update C c",
    ]);
  });
});

describe("rehearsal/acts", () => {
  it("merges the blocks of an edit into a stack file, and replaces all else", () => {
    const config = { "slipway:gcp": { gke: { zone: "a", minNodes: 1 }, project: "p" }, list: [1, 2] };
    applyEdit(config, { "slipway:gcp": { gke: { minNodes: 4 } }, list: [3], fresh: true });
    assert.deepEqual(config, {
      "slipway:gcp": { gke: { zone: "a", minNodes: 4 }, project: "p" },
      list: [3],
      fresh: true,
    });
  });

  it("counts what exists by its type, and not what only remains", () => {
    const thing = (token: string, remains?: string): Existing => ({
      ...{ token, id: "", inputs: {}, outputs: {}, handles: [], holds: [] },
      ...(remains !== undefined && { remains }),
    });
    assert.deepEqual(inventoryDifferences([thing("a"), thing("b", "for ever")], [thing("a")]), []);
    assert.deepEqual(inventoryDifferences([thing("a"), thing("a")], [thing("a"), thing("b")]), [
      "a: expected 1, got 2",
      "b: expected 1, got 0",
    ]);
  });
});

describe("rehearsal/acts, what is compared after interruptions", () => {
  it("is all that a preview creates in the clouds, and nothing of the clusters or of the engine's own book", () => {
    const steps = [
      step("create", "gcp:container/cluster:Cluster", "gke"),
      step("create", "aws:ec2/subnet:Subnet", "a"),
      step("create", "aws:ec2/subnet:Subnet", "b"),
      step("create", "kubernetes:core/v1:Secret", "redis"),
      step("create", "slipway:gcp:Network", "network"),
      step("read", "gcp:dns/managedZone:ManagedZone", "zone"),
    ];
    assert.deepEqual(
      createdInClouds(steps).map(({ token }) => token),
      ["gcp:container/cluster:Cluster", "aws:ec2/subnet:Subnet", "aws:ec2/subnet:Subnet"],
    );
  });
});

describe("rehearsal/acts, its parts", () => {
  it("are the life of a stack and its interruptions, with no act in both", () => {
    const parts = partsOf({}).map((acts) => acts.map(({ title }) => title));
    assert.match(parts[0]?.[0] ?? "", /^a preview creates everything/);
    assert.match(parts[1]?.[0] ?? "", /^an up that is killed 7 times/);
    for (const { title } of refusalActs) assert.ok(parts[1]?.includes(title), title);
    assert.equal(new Set(parts.flat()).size, parts.flat().length);
  });
});

describe("rehearsal/acts, the everyday changes", () => {
  const promised = [
    ...["more entries on a page", "a new image", "one more replica", "a password of our own"],
    ...["another MongoDB for the chat", "a rotated database password"],
    ...["more nodes of GKE", "more nodes of EKS", "larger machines of GKE", "larger machines of EKS"],
    ...["a new kubeconfig of GKE", "a new kubeconfig of EKS"],
  ];

  for (const stack of ["dev", "prod"]) {
    it(`are all played for ${stack}, each with what may change`, () => {
      const titles = everydayActs(readCommitted(repository, stack)).map(({ title }) => title);
      for (const change of promised) {
        const [title = "", ...others] = titles.filter((one) => one.startsWith(`${change}: `));
        assert.match(title, /: changes \S.* and nothing else$/, change);
        assert.deepEqual(others, []);
      }
    });
  }
});

describe("rehearsal/report", () => {
  const report: StackReport = {
    stack: "dev",
    resources: 181,
    acts: [
      { title: "the first up", seconds: 20.04, changes: ["create A a", "create B b"], problems: [] },
      {
        title: "a second up",
        seconds: 3,
        changes: [],
        problems: ["unexpected: update A|B\nfor some reason"],
      },
    ],
  };

  it("is a table for a terminal, with each problem below its act", () => {
    assert.equal(
      asText(report),
      [
        "Stack dev: 181 resources, acts of 23 s in all, 1 of 2 promises are broken",
        "ok     20.0 s  the first up (create 2)",
        "FAIL    3.0 s  a second up",
        "          unexpected: update A|B",
        "          for some reason",
        "",
      ].join("\n"),
    );
  });

  it("is a table for a pull request, that nothing in it breaks", () => {
    assert.equal(
      asMarkdown(report),
      [
        "### Stack dev: 181 resources, acts of 23 s in all, 1 of 2 promises are broken",
        "",
        "| | seconds | changed |",
        "| --- | ---: | --- |",
        "| ✓ the first up | 20.0 | create A a<br>create B b |",
        "| ✗ a second up | 3.0 | **unexpected: update A\\|B for some reason** |",
        "",
      ].join("\n"),
    );
  });

  it("counts the promises of all stacks as mocha counts tests", () => {
    const [kept, broken] = report.acts.map((act) => ({ ...report, acts: [act] }));
    assert.ok(kept && broken);
    assert.equal(asCount([report, kept]), "  2 passing\n  1 failing\n");
    assert.equal(asCount([kept]), "  1 passing\n");
  });

  it("counts long lists of changes instead of telling them", () => {
    const changes = Array.from({ length: 7 }, (_, index) => `create A ${index}`);
    const long = { ...report, acts: [{ title: "up", seconds: 1, changes, problems: [] }] };
    assert.match(asMarkdown(long), /\| ✓ up \| 1\.0 \| \(create 7\) \|/);
  });

  it("keeps as a problem that an act could not be played at all", async () => {
    const failing = { title: "a", play: () => Promise.reject(new Error("no such file")) };
    const played = await playAct(failing, undefined as never);
    assert.deepEqual(played.problems, ["Error: no such file"]);
    assert.equal(hasProblems({ ...report, acts: [played] }), true);
    assert.equal(hasProblems({ ...report, acts: [] }), false);
  });
});
