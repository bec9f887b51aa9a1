import fc from "fast-check";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type * as Hosts from "../../machine/hosts.js";
import { type Service, controlPlane, runScript } from "../../machine/hosts.js";
import { Checkout } from "../support/checkout.js";

// Everything that a shell would take apart, and some that it would not.
const awkward = fc.string({
  unit: fc.constantFrom(...Array.from("'\"\\$`!*?[]{}()<>|&;#~=%@ \t\n\ré漢🙂-aZ0/.,:+_^")),
  maxLength: 12,
});

describe("machine/hosts", () => {
  describe("runScript", () => {
    it("hands every argument and variable to the program as it is, whatever the shell would make of it", () => {
      fc.assert(
        fc.property(fc.array(awkward, { minLength: 1, maxLength: 6 }), awkward, (words, value) => {
          const print = `printf '%s\\0' "$VALUE" "$@"`;
          const command = ["sh", "-c", print, "sh", ...words];
          const script = runScript("node-1", { name: "any", command, env: { VALUE: value } });
          const printed = execFileSync("sh", ["-c", script], { encoding: "utf8" });
          assert.deepEqual(printed.split("\0").slice(0, -1), [value, ...words]);
        }),
        { numRuns: 60 },
      );
    });

    it("becomes the program, so that the supervisor's signals reach it", () => {
      const script = runScript("node-1", { name: "kubelet", command: ["/bin/kubelet", "--v=1"] });
      assert.equal(script.split("\n")[0], "#!/bin/sh");
      assert.match(script, /^exec \/bin\/kubelet \\\n {2}--v=1\n$/m);
    });

    it("enters the cluster's network for the control plane's programs only", () => {
      const service: Service = { name: "etcd", command: ["etcd"] };
      const entered = /^exec nsenter --net=\/run\/netns etcd$/m;
      assert.match(runScript(controlPlane, service), entered);
      assert.doesNotMatch(runScript(controlPlane, { ...service, machineNetwork: true }), /nsenter/);
      assert.doesNotMatch(runScript("node-1", service), /nsenter/);
    });
  });

  describe("writeServices", () => {
    let checkout: Checkout;
    let hosts: typeof Hosts;
    before(async () => {
      checkout = new Checkout();
      hosts = await checkout.load("hosts");
    });
    after(() => {
      checkout.remove();
    });

    const services = (flag: string): Service[] => [
      { name: "kubelet", command: ["kubelet", flag] },
      { name: "containerd", command: ["containerd"] },
    ];
    const configure = (host: string, text: string) => {
      checkout.write(`.local/hosts/${host}/kubelet.json`, text);
    };

    it("names the services that are new or changed, and no others", async () => {
      for (const host of ["node-1", "node-2"]) configure(host, "{}");
      assert.deepEqual(await hosts.writeServices("node-1", services("--v=1")), ["kubelet", "containerd"]);
      assert.deepEqual(await hosts.writeServices("node-1", services("--v=1")), []);
      assert.deepEqual(await hosts.writeServices("node-1", services("--v=2")), ["kubelet"]);
      assert.deepEqual(await hosts.writeServices("node-2", services("--v=2")), ["kubelet", "containerd"]);
    });

    it("names those of a host whose configuration files changed", async () => {
      for (const host of ["node-1", "node-2"]) configure(host, "{}");
      for (const host of ["node-1", "node-2"]) await hosts.writeServices(host, services("--v=2"));
      configure("node-1", '{ "maxPods": 5 }');
      assert.deepEqual(await hosts.writeServices("node-1", services("--v=2")), ["kubelet", "containerd"]);
      assert.deepEqual(await hosts.writeServices("node-2", services("--v=2")), []);
    });

    it("writes what the supervisor can start, with a log of its own", async () => {
      await hosts.writeServices("node-1", services("--v=3"));
      const folder = join(checkout.local, "hosts/node-1/services/kubelet");
      assert.match(readFileSync(join(folder, "run"), "utf8"), /^exec kubelet \\\n {2}--v=3\n$/m);
      assert.match(
        readFileSync(join(folder, "log/run"), "utf8"),
        /^exec svlogd -tt \/run\/slipway\/logs\/node-1\/kubelet$/m,
      );
      for (const file of ["run", "log/run"])
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o755, file);
    });

    it("finds no process of a cluster that was never started", () => {
      assert.deepEqual(hosts.processesIn(), []);
      assert.equal(hosts.hostProcess(controlPlane), undefined);
    });
  });
});
