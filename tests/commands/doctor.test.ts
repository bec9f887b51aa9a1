import assert from "node:assert/strict";
import { checkMachine, checkSystem } from "../../commands/doctor.js";
import type { Machine } from "../../commands/doctor.js";
import { describeFinding, type Finding } from "../../commands/finding.js";
import { defaultSettings } from "../../machine/layout.js";

const healthy: Machine = {
  running: false,
  memoryGiB: 8,
  processors: 2,
  diskGiB: 40,
  cache: { folder: "/cache/go-build", freeGiB: 20 },
  refusal: "",
  filesystems: "nodev\tcgroup\nnodev\tcgroup2\nnodev\toverlay\n\text4\n",
  toolsBuilt: false,
  go: "go1.24.4\n",
  missingPackages: ["buildah"],
  hasApt: true,
  missingPrograms: [],
  portHolder: () => undefined,
};

const examine = (change: Partial<Machine>, settings = defaultSettings, ownCluster = true) =>
  checkMachine({ ...healthy, ...change }, settings, ownCluster);

const problems = (findings: Finding[]) =>
  findings.filter(({ ok }) => !ok).map(({ title, repair }) => ({ title, repair }));

/** What is wrong with a machine, what is said of it, and the repair. */
const sick: Record<string, { change: Partial<Machine>; title: string; repair: string }> = {
  "has too little memory": {
    change: { memoryGiB: 3.94 },
    title: "memory: 3.9 GiB available, 4 needed",
    repair: "end other programs, or use a larger machine",
  },
  "has too little disk for the builds": {
    change: { diskGiB: 14.4 },
    title: "disk: 14 GiB free, 15 needed",
    repair: "free some space; `go clean -cache` gives back what builds left",
  },
  "has too little disk even with the tools built": {
    change: { diskGiB: 2, toolsBuilt: true },
    title: "disk: 2 GiB free, 3 needed",
    repair: "free some space; `go clean -cache` gives back what builds left",
  },
  "has too little disk where Go keeps what it compiled": {
    change: { cache: { folder: "/cache/go-build", freeGiB: 9.2 } },
    title: "Go's cache: 9 GiB free for /cache/go-build, 10 needed",
    repair: "free some space there, or choose another folder: GOCACHE=/elsewhere npm run up",
  },
  "is a container that may not make namespaces": {
    change: { refusal: "unshare: unshare failed: Operation not permitted" },
    title: "namespaces: unshare: unshare failed: Operation not permitted",
    repair: "in a container: start it with --privileged; elsewhere: run it as root of the machine itself",
  },
  "has used up its namespaces": {
    change: { refusal: "unshare: unshare failed: No space left on device" },
    title: "namespaces: unshare: unshare failed: No space left on device",
    repair:
      "sysctl -w user.max_mnt_namespaces=1000 user.max_pid_namespaces=1000 user.max_net_namespaces=1000",
  },
  "has a kernel without overlay file systems": {
    change: { filesystems: "nodev\tcgroup\n\text4\n" },
    title: "kernel: without overlay",
    repair: "modprobe overlay",
  },
  "has no Go": {
    change: { go: "not found" },
    title: "Go: not found",
    repair: "install Go 1.21 or newer from https://go.dev/dl and put it on the PATH",
  },
  "has a Go that cannot fetch the one that is needed": {
    change: { go: "go1.20.14\n" },
    title: "Go: go1.20.14",
    repair: "install Go 1.21 or newer from https://go.dev/dl and put it on the PATH",
  },
  "lacks programs and has no apt-get to get them with": {
    change: { missingPackages: ["runc", "runit"], hasApt: false },
    title: "programs: runc, runit to be unpacked under .local",
    repair: "install runc runit with your distribution's package manager",
  },
  "lacks the program that makes namespaces": {
    change: { missingPrograms: ["unshare"] },
    title: "unshare: not found",
    repair: "apt-get install util-linux mount",
  },
  "has the port of HTTP taken": {
    change: { portHolder: (port) => (port === 8080 ? "process 12 (java)" : undefined) },
    title: "port 8080: taken by process 12 (java)",
    repair: "end that program, or choose another port: npm run up -- --http-port 9080",
  },
  "has the port of HTTPS taken": {
    change: { portHolder: (port) => (port === 8443 ? "process 12 (java)" : undefined) },
    title: "port 8443: taken by process 12 (java)",
    repair: "end that program, or choose another port: npm run up -- --https-port 9443",
  },
  "has the port of the API taken": {
    change: { portHolder: (port) => (port === 6443 ? "process 7 (k3s)" : undefined) },
    title: "port 6443: taken by process 7 (k3s)",
    repair: "end that program, or choose another port: npm run up -- --api-port 7443",
  },
};

describe("commands/doctor", () => {
  it("finds nothing wrong with a machine that has what is needed", () => {
    const findings = [...checkSystem("linux", "x64", 0), ...examine({})];
    assert.deepEqual(problems(findings), []);
    assert.deepEqual(
      findings.map(({ title }) => title),
      [
        "operating system linux",
        "architecture x64",
        "user 0",
        "memory: 8.0 GiB available, 4 needed",
        "processors: 2, 2 wanted",
        "disk: 40 GiB free, 15 needed",
        "Go's cache: 20 GiB free for /cache/go-build, 10 needed",
        "kernel: overlay and cgroup",
        "namespaces: can be made",
        "Go: go1.24.4",
        "programs: buildah to be unpacked under .local",
        "port 8080: free or ours",
        "port 8443: free or ours",
        "port 6443: free or ours",
      ],
    );
  });

  for (const [situation, { change, title, repair }] of Object.entries(sick)) {
    it(`says what repairs a machine that ${situation}`, () => {
      assert.deepEqual(problems(examine(change)), [{ title, repair }]);
    });
  }

  it("has a case here for every finding that there is", () => {
    const subject = (title: string) => title.replace(/\d+/, "N").replace(/:.*/, "");
    // The processors have a case of their own: few of them are no reason to stop.
    const covered = new Set(["processors", ...Object.values(sick).map(({ title }) => subject(title))]);
    const all = [...examine({}), ...examine({ missingPrograms: ["unshare"] })].map(({ title }) =>
      subject(title),
    );
    assert.deepEqual([...new Set(all)].sort(), [...covered].sort());
  });

  it("warns of a machine with one processor, and lets it try", () => {
    const findings = examine({ processors: 1 });
    assert.deepEqual(problems(findings), []);
    assert.deepEqual(
      findings.map(describeFinding).filter((text) => !text.startsWith("ok ")),
      [
        "warning  processors: 1, 2 wanted\n" +
          "         repair: use a larger machine; on this one all takes twice as long, and up may give up waiting for the apps",
      ],
    );
  });

  it("marks a problem, with its repair below it", () => {
    const [text] = examine({ memoryGiB: 1 }).map(describeFinding);
    assert.equal(
      text,
      "PROBLEM  memory: 1.0 GiB available, 4 needed\n         repair: end other programs, or use a larger machine",
    );
  });

  it("refuses another system, another architecture and another user, each with what to do", () => {
    assert.deepEqual(problems(checkSystem("darwin", "arm64", 501)), [
      { title: "operating system darwin", repair: "run it on Linux, in a virtual machine for instance" },
      {
        title: "architecture arm64",
        repair: "use an x86-64 machine; the pinned Node.js image is for that one only",
      },
      { title: "user 501", repair: "sudo npm run up" },
    ]);
    assert.deepEqual(problems(checkSystem("linux", "x64", undefined)), [
      { title: "user unknown", repair: "sudo npm run up" },
    ]);
  });

  it("asks for memory only while the cluster does not have it, and for Go only while there is to build", () => {
    assert.deepEqual(problems(examine({ running: true, memoryGiB: 1 })), []);
    assert.deepEqual(problems(examine({ toolsBuilt: true, go: "", diskGiB: 3 })), []);
  });

  it("asks for no namespaces and no port when the cluster is somebody else's", () => {
    const change = { portHolder: () => "process 1 (init)", refusal: "unshare: Operation not permitted" };
    const findings = examine(change, defaultSettings, false);
    assert.deepEqual(problems(findings), []);
  });

  it("refuses to use one port for two things", () => {
    assert.deepEqual(problems(examine({}, { ...defaultSettings, httpsPort: 8080 })), [
      {
        title: "port 8080: taken by --http-port",
        repair: "end that program, or choose another port: npm run up -- --https-port 9080",
      },
    ]);
  });
});
