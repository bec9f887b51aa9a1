import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { checkMachine, checkSystem, listeningSocket, portHolder } from "../../machine/doctor.js";
import type { Machine } from "../../machine/doctor.js";
import type { Finding } from "../../machine/finding.js";
import { defaultSettings } from "../../machine/layout.js";

const healthy: Machine = {
  running: false,
  memoryGiB: 8,
  diskGiB: 40,
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
  "cannot make namespaces": {
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

describe("machine/doctor", () => {
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
        "disk: 40 GiB free, 15 needed",
        "kernel: overlay and cgroup",
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
    const covered = new Set(Object.values(sick).map(({ title }) => subject(title)));
    const all = examine({ missingPrograms: ["unshare"] }).map(({ title }) => subject(title));
    assert.deepEqual([...new Set(all)].sort(), [...covered].sort());
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

  it("asks for no port when the cluster is somebody else's", () => {
    const findings = examine({ portHolder: () => "process 1 (init)" }, defaultSettings, false);
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

  describe("listeningSocket", () => {
    const head =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const row = (address: string, state: string) =>
      `${head}   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0\n`;
    const zeros = "0".repeat(24);

    it("finds who listens on 127.0.0.1 or on every address", () => {
      for (const address of ["0100007F", "00000000", `${zeros}00000000`, "0000000000000000FFFF00000100007F"])
        assert.equal(listeningSocket(row(`${address}:1F90`, "0A"), 8080), "4711", address);
    });

    it("passes over other ports, other addresses and connections", () => {
      assert.equal(listeningSocket(row("0100007F:1F91", "0A"), 8080), undefined);
      assert.equal(listeningSocket(row("0200000A:1F90", "0A"), 8080), undefined);
      assert.equal(listeningSocket(row(`${zeros}01000000:1F90`, "0A"), 8080), undefined);
      assert.equal(listeningSocket(row("0100007F:1F90", "01"), 8080), undefined);
      assert.equal(listeningSocket(head, 8080), undefined);
    });
  });

  it("names the process that holds a port, unless it is one of ours", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      assert.match(portHolder(port) ?? "", RegExp(`^process ${process.pid} \\(.+\\)$`));
      assert.equal(
        portHolder(port, () => [process.pid]),
        undefined,
      );
    } finally {
      server.close();
      await once(server, "close");
    }
    assert.equal(portHolder(port), undefined);
  });
});
