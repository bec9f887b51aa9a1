import { Command } from "commander";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as Kubectl from "../../commands/kubectl.js";
import { Checkout } from "../support/checkout.js";

describe("commands/kubectl", () => {
  let checkout: Checkout;
  let addKubectl: typeof Kubectl.addKubectl;
  const exitCode = process.exitCode;
  beforeEach(async () => {
    checkout = new Checkout();
    ({ addKubectl } = await checkout.load<typeof Kubectl>("commands/kubectl"));
  });
  afterEach(() => {
    process.exitCode = exitCode;
    checkout.remove();
  });

  /** What is said by us, and how it ended. */
  async function kubectl(...args: string[]) {
    const said: string[] = [];
    process.exitCode = undefined;
    const program = new Command().enablePositionalOptions();
    addKubectl(program, (text) => said.push(text));
    const error = await program.parseAsync(["kubectl", ...args], { from: "user" }).then(
      () => undefined,
      (failure: unknown) => (failure as Error).message,
    );
    return { said: said.join("\n"), error, exitCode: process.exitCode };
  }

  /** Puts a kubectl in place that notes what it was called with. */
  const fake = (script: string) => {
    checkout.fakeProgram("kubectl", `echo "$*" >> "${checkout.path("calls")}"\n${script}`);
  };
  const calls = () => readFileSync(checkout.path("calls"), "utf8").trimEnd().split("\n");

  it("shows a help without a cluster: its own before kubectl is built, then kubectl's", async () => {
    const { said, error } = await kubectl("--help");
    assert.equal(error, undefined);
    assert.match(said, /^Usage: .*kubectl .*\n\nthe cluster's own kubectl/);
    assert.match(said, /"npm run up" builds kubectl/);

    fake("");
    for (const args of [["--help"], ["get", "-h"], ["help", "get"]])
      assert.deepEqual(await kubectl(...args), { said: "", error: undefined, exitCode: 0 });
    assert.deepEqual(calls(), ["--help", "get -h", "help get"]);
  });

  it("is refused before there is a cluster, though the help of a pod's program is asked for", async () => {
    const { error } = await kubectl("exec", "redis-0", "--", "redis-cli", "--help");
    assert.equal(error, 'there is no cluster yet; run "npm run up"');
  });

  it("says what to do next when something fails while the cluster is down", async () => {
    checkout.write(".local/kubeconfig", "");
    fake('[ "$1" = version ]');
    assert.equal((await kubectl("get", "pods")).error, 'the cluster is down; run "npm run up"');
    assert.deepEqual(await kubectl("version", "--client"), { said: "", error: undefined, exitCode: 0 });
  });

  it("hands over all arguments as they are, the two dashes before a pod's program included", async () => {
    checkout.write(".local/kubeconfig", "");
    fake("");
    const all = ["exec redis-0 -- ls --help", "exec -it -n journal redis-0 -- sh -c ls", "get pods -A"];
    for (const args of all) await kubectl(...args.split(" "));
    assert.deepEqual(calls(), all);
  });
});
