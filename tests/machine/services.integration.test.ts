import fc from "fast-check";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { controlPlane } from "../../machine/layout.js";
import type * as Services from "../../machine/services.js";
import { type Service, runScript } from "../../machine/services.js";
import { Checkout } from "../support/checkout.js";

// Everything that a shell would take apart, and some that it would not.
const awkward = fc.string({
  unit: fc.constantFrom(...Array.from("'\"\\$`!*?[]{}()<>|&;#~=%@ \t\n\ré漢🙂-aZ0/.,:+_^")),
  maxLength: 12,
});

const words = fc.array(awkward, { minLength: 1, maxLength: 6 });

describe("machine/services", () => {
  describe("runScript", () => {
    it("hands every argument and variable to the program as it is, whatever the shell would make of it", () => {
      fc.assert(
        // Many at a time, since starting a shell is what takes long.
        fc.property(fc.array(fc.tuple(awkward, words), { minLength: 20, maxLength: 20 }), (cases) => {
          const print = `printf '%s\\0' "$VALUE" "$@"`;
          const scripts = cases.map(([value, arguments_]) => {
            const command = ["sh", "-c", print, "sh", ...arguments_];
            return `(${runScript("node-1", { name: "any", command, env: { VALUE: value } })})`;
          });
          const printed = execFileSync("sh", ["-c", scripts.join("\n")], { encoding: "utf8" });
          assert.deepEqual(printed.split("\0").slice(0, -1), cases.flat(2));
        }),
        { numRuns: 4 },
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
    let written: typeof Services;
    before(async () => {
      checkout = new Checkout();
      written = await checkout.load("machine/services");
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
      assert.deepEqual(await written.writeServices("node-1", services("--v=1")), ["kubelet", "containerd"]);
      assert.deepEqual(await written.writeServices("node-1", services("--v=1")), []);
      assert.deepEqual(await written.writeServices("node-1", services("--v=2")), ["kubelet"]);
      assert.deepEqual(await written.writeServices("node-2", services("--v=2")), ["kubelet", "containerd"]);
    });

    it("names those of a host whose configuration files changed", async () => {
      for (const host of ["node-1", "node-2"]) configure(host, "{}");
      for (const host of ["node-1", "node-2"]) await written.writeServices(host, services("--v=2"));
      configure("node-1", '{ "maxPods": 5 }');
      assert.deepEqual(await written.writeServices("node-1", services("--v=2")), ["kubelet", "containerd"]);
      assert.deepEqual(await written.writeServices("node-2", services("--v=2")), []);
    });

    it("writes what the supervisor can start, with a log of its own", async () => {
      await written.writeServices("node-1", services("--v=3"));
      const folder = join(checkout.local, "hosts/node-1/services/kubelet");
      assert.match(readFileSync(join(folder, "run"), "utf8"), /^exec kubelet \\\n {2}--v=3\n$/m);
      assert.match(
        readFileSync(join(folder, "log/run"), "utf8"),
        /^exec svlogd -tt \/run\/slipway\/logs\/node-1\/kubelet$/m,
      );
      for (const file of ["run", "log/run"])
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o755, file);
    });
  });

  describe("supervise", () => {
    let checkout: Checkout;
    let supervise: typeof Services.supervise;
    before(async () => {
      checkout = new Checkout();
      ({ supervise } = await checkout.load<typeof Services>("machine/services"));
    });
    after(() => {
      checkout.remove();
    });

    it("names the services by their folders, and is content when the supervisor is", async () => {
      checkout.fakeProgram("sv", `echo "$*" > '${checkout.path("asked")}'`);
      await supervise("node-1", "up", ["kubelet", "containerd"]);
      const folder = (name: string) => checkout.path(".local/hosts/node-1/services", name);
      assert.equal(
        readFileSync(checkout.path("asked"), "utf8"),
        `-w 5 up ${folder("kubelet")} ${folder("containerd")}\n`,
      );
    });

    it("is content with a program that had to be killed to be started again", async () => {
      checkout.fakeProgram("sv", "echo 'kill: run: /services/kubelet: (pid 3) 9s, got TERM'; exit 1");
      await supervise("node-1", "force-restart", ["kubelet"]);
    });

    for (const problem of [
      "timeout: run: /services/kubelet: (pid 3) 9s, want down, got TERM",
      "fail: /services/kubelet: runsv not running",
    ]) {
      it(`tells what could not be done: ${problem.replace(/:.*/, "")}`, async () => {
        checkout.fakeProgram("sv", `echo 'ok: down: /services/log: 0s'; echo '${problem}'; exit 1`);
        await assert.rejects(supervise("node-1", "down", ["kubelet"]), {
          message: `the supervisor of node-1 could not "down": ${problem}`,
        });
      });
    }
  });
});
