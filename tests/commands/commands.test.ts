import type { Command } from "commander";
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import type * as Commands from "../../commands/commands.js";
import { addresses } from "../../commands/commands.js";
import { paths } from "../../shell/paths.js";
import { Checkout } from "../support/checkout.js";

interface Result {
  said: string[];
  /** What commander itself prints. */
  output: string;
  failed: boolean;
  error?: string;
}

describe("commands/commands", () => {
  let checkout: Checkout;
  let createCommands: typeof Commands.createCommands;
  before(async () => {
    checkout = Checkout.shared();
    ({ createCommands } = await checkout.load<typeof Commands>("commands/commands"));
  });

  async function command(...args: string[]): Promise<Result> {
    const result: Result = { said: [], output: "", failed: false };
    const program = createCommands(
      (text) => result.said.push(text),
      () => (result.failed = true),
    );
    const write = (text: string) => (result.output += text);
    for (const each of [program, ...program.commands] as Command[])
      each.exitOverride().configureOutput({ writeOut: write, writeErr: write });
    await program.parseAsync(args, { from: "user" }).catch((error: unknown) => {
      result.error = (error as Error).message;
    });
    return result;
  }

  it("are named in the help, each with what it does", async () => {
    const { output } = await command("--help");
    const names = [...output.matchAll(/^ {2}([a-z]+)\b.* {2,}\S/gm)].map(([, name]) => name);
    assert.deepEqual(names, [
      "up",
      "down",
      "status",
      "logs",
      "doctor",
      "push",
      "backup",
      "restore",
      "kubectl",
      "help",
    ]);
    assert.match(output, /npm run up -- --nodes 5/);
  });

  for (const [flag, value, range] of [
    ["--nodes", "2", "3 to 9"],
    ["--nodes", "10", "3 to 9"],
    ["--nodes", "3.5", "3 to 9"],
    ["--http-port", "65536", "1 to 65535"],
  ] as const) {
    it(`refuse ${flag} ${value}, and give the range`, async () => {
      const { output } = await command("up", flag, value);
      assert.ok(output.includes(`expected a whole number from ${range}, got "${value}"`), output);
    });
  }

  it("tell why fewer than three nodes are too few", async () => {
    const { output } = await command("up", "--nodes", "2");
    assert.match(output, /got "2", since the chat's server has up to three pods, each on a node of its own/);
  });

  it("fail and name the next one when nothing runs, for people and for programs", async () => {
    const { output, ...forPeople } = await command("status");
    assert.deepEqual(forPeople, { said: ["Nothing runs. Next: npm run up"], failed: true });
    const { said, failed } = await command("status", "--json");
    assert.deepEqual(said, ['{"stack":"local","nodes":[],"apps":[]}']);
    assert.equal(failed, true);
    assert.equal(output, "");
  });

  it("refuse the logs of an app that is not there, and name those that are", async () => {
    const { error } = await command("logs", "journal");
    assert.equal(error, 'expected one of the apps that run (none; run "npm run up"), got "journal"');
  });

  it("name the next one when the apps are on somebody else's cluster", async () => {
    checkout.write(".local/engine/outputs.json", '{"urls":{"journal":"https://journal.localhost"}}');
    const there = { kubeconfig: "/home/some body/config", context: "test" };
    checkout.write(".local/engine/cluster", JSON.stringify(there));
    try {
      const kubectl = "kubectl --kubeconfig '/home/some body/config' --context test";
      const { said } = await command("status");
      assert.equal(said.at(-1), `Next: ${kubectl} get pods --all-namespaces`);
      for (const args of [
        ["logs", "journal"],
        ["kubectl", "get", "pods"],
      ])
        assert.equal(
          (await command(...args)).error,
          `the apps are on a cluster that is not this machine's; ask that one by "${kubectl} …"`,
        );
    } finally {
      rmSync(checkout.local, { recursive: true });
    }
  });

  it("name the next one when the cluster is down", async () => {
    checkout.write(".local/engine/outputs.json", '{"urls":{"journal":"https://journal.localhost"}}');
    try {
      const { error } = await command("logs", "journal");
      assert.equal(error, 'the cluster is down; run "npm run up"');
    } finally {
      rmSync(checkout.local, { recursive: true });
    }
  });

  it("want a file to restore, and no word that they do not know", async () => {
    assert.match((await command("restore")).output, /missing required argument 'file'/);
    assert.match((await command("backup", "everything")).output, /too many arguments/);
  });

  it("make no file when they start nothing", () => {
    assert.equal(existsSync(checkout.local), false);
  });

  describe("addresses", () => {
    const urls = { journal: "https://journal.localhost:8443" };

    it("are those of this machine for its own cluster, with the authority to trust", () => {
      const text = addresses(urls, {});
      assert.match(text, /^ {2}journal {6}https:\/\/journal\.localhost:8443$/m);
      assert.ok(text.includes(`import ${paths.acmeRoot}`));
    });

    it("are names alone for somebody else's cluster, with the command that tells where they lead", () => {
      const lines = addresses(urls, { kubeconfig: "there.yaml", context: "test" }).split("\n");
      assert.deepEqual(lines, [
        "",
        "  journal      answers to the name journal.localhost",
        "",
        "These names lead to that cluster's Ingress controller once you point them at its address.",
        "Next: kubectl --kubeconfig there.yaml --context test get ingress --all-namespaces",
      ]);
    });
  });
});
