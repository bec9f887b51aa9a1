import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { valueOf } from "../support/program.js";
import { committedRun } from "../support/stacks.js";

const repository = join(import.meta.dirname, "../..");
const text = readFileSync(join(repository, "Pulumi.README.md"), "utf8");
const index = readFileSync(join(repository, "infra/index.ts"), "utf8");

/** Shown by a command, not by their value: the ones are secret, the others for programs. */
const BY_COMMAND = ["kubeconfigs", "ciIdentities"];

/** As a property path: "addresses.journal", 'addresses["chat-server"]'. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = /^\w+$/.test(key) ? `.${key}` : `["${key}"]`;
    return pathsOf(inner, path === "" ? key : `${path}${step}`);
  });
}

describe("Pulumi.README.md, the stack's page in Pulumi Cloud", () => {
  const shown = [...text.matchAll(/\$\{outputs\.([^}]+)\}/g)].map(([, path = ""]) => path);
  const outputsOf = async (stack: string): Promise<Record<string, any>> =>
    await valueOf(pulumi.output((await committedRun(stack)).outputs as any));
  let stacks: Record<string, any>[];
  before(async () => {
    stacks = [await outputsOf("dev"), await outputsOf("prod")];
  });

  it("shows only outputs that the program has on some stack, and exports", () => {
    const there = new Set(stacks.flatMap((outputs) => pathsOf(outputs)));
    assert.ok(shown.length >= 10, `found only ${shown.length} outputs`);
    assert.deepEqual(
      shown.filter((path) => !there.has(path)),
      [],
    );
    const [, exported = ""] = /export const \{([\w,\s]+)\}/.exec(index) ?? [];
    const names = exported.split(",").map((name) => name.trim());
    assert.deepEqual(
      stacks.flatMap((outputs) => Object.keys(outputs)).filter((name) => !names.includes(name)),
      [],
    );
  });

  it("shows every url, address, registry and name that a stack in the clouds puts out", () => {
    for (const outputs of stacks) {
      const hidden = pathsOf(outputs).filter((path) => !BY_COMMAND.some((name) => path.startsWith(name)));
      assert.deepEqual(
        hidden.filter((path) => !shown.includes(path)),
        [],
      );
    }
  });

  it("gives the command for what it does not show, and for each cluster's kubeconfig", () => {
    for (const name of BY_COMMAND) {
      assert.ok(text.includes(`pulumi stack output ${name} `), name);
      assert.deepEqual(
        shown.filter((path) => path.startsWith(name)),
        [],
      );
    }
    const clusters = new Set(stacks.flatMap(({ kubeconfigs }) => Object.keys(kubeconfigs)));
    assert.deepEqual([...clusters], ["gke", "eks"]);
    for (const cluster of clusters)
      assert.match(
        text,
        new RegExp(
          `^\\(umask 077 .*kubeconfigs --show-secrets .*jq -er \\.${cluster} > kubeconfig-${cluster}\\)$`,
          "m",
        ),
      );
  });
});
