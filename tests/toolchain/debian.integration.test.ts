import assert from "node:assert/strict";
import type * as Debian from "../../toolchain/debian.js";
import { Checkout } from "../support/checkout.js";

/** Programs as Debian 12 has them, with what they answer when they are asked for their version. */
const answers: Record<string, string> = {
  runc: "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev",
  "iptables-save": "iptables-save v1.8.9 (nf_tables)",
  buildah: "buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)",
  mmdebstrap: "mmdebstrap 1.3.5",
  ip: "ip utility, iproute2-6.1.0, libbpf 1.1.2",
  sv: "usage: sv [-v] [-w sec] command service ...",
};

/** What does not fit: the program, what it answers, and the package that is unpacked instead. */
const unfit: [program: string, answer: string, missing: string][] = [
  ["runc", "runc version 1.0.0-rc93\nspec: 1.0.2-dev", "runc"],
  ["iptables-save", "iptables-save v1.6.1", "iptables"],
  ["buildah", "buildah version 1.3.9 (image-spec 1.0.1)", "buildah"],
  ["mmdebstrap", "mmdebstrap 0.7.5", "mmdebstrap"],
  ["ip", "ip utility, iproute2-ss190107", "iproute2"],
  ["sv", "BusyBox v1.35.0 multi-call binary.\n\nUsage: sv [-v] [-w SEC] CMD SERVICE_DIR...", "runit"],
];

describe("toolchain/debian", () => {
  let checkout: Checkout;
  let debian: typeof Debian;
  before(async () => {
    checkout = new Checkout();
    debian = await checkout.load<typeof Debian>("toolchain/debian");
  });
  after(() => {
    checkout.remove();
  });
  beforeEach(() => {
    for (const [program, answer] of Object.entries(answers)) says(program, answer);
  });

  const says = (program: string, text: string, stream = 1) => {
    checkout.fakeProgram(program, `cat >&${stream} <<'END'\n${text}\nEND\n[ ${program} != sv ]`);
  };

  it("takes programs of a version that fits from where they are", async () => {
    assert.deepEqual(await debian.missingPackages(), []);
  });

  it("reads the version wherever a program writes it", async () => {
    for (const [program, answer] of Object.entries(answers)) says(program, answer, 2);
    assert.deepEqual(await debian.missingPackages(), []);
  });

  it("takes newer ones too, by number and not by letter", async () => {
    says("buildah", "buildah version 1.100.0 (image-spec 1.1.0)");
    says("runc", "runc version 1.10.1");
    assert.deepEqual(await debian.missingPackages(), []);
  });

  for (const [program, answer, missing] of unfit) {
    it(`unpacks ${missing} when the ${program} that is there says "${answer.split("\n")[0]}"`, async () => {
      says(program, answer);
      assert.deepEqual(await debian.missingPackages(), [missing]);
    });
  }

  it("unpacks a package whose program cannot be run", async () => {
    checkout.fakeProgram("mmdebstrap", "exit 127");
    assert.deepEqual(await debian.missingPackages(), ["mmdebstrap"]);
  });

  it("says so when the packages that it unpacked are too old as well", async () => {
    says("buildah", "buildah version 1.20.0");
    checkout.fakeProgram(
      "apt-get",
      `case "$*" in
  *--print-uris*) echo "'http://mirror.example/b.deb' buildah_1.20.0_amd64.deb 1 SHA256:0" ;;
  *" download "*) touch buildah.deb ;;
esac`,
    );
    checkout.fakeProgram("dpkg-deb", "true");
    await assert.rejects(
      debian.unpackDebianPackages(() => undefined),
      {
        name: "Error",
        message:
          "the Debian packages of buildah are too old here: expected buildah 1.28 or newer; install them in /usr, or use a machine with a newer release",
      },
    );
  });

  describe("debianSources", () => {
    it("takes main of the release and of its updates, each once", async () => {
      checkout.fakeProgram(
        "apt-get",
        `cat <<'END'
http://mirror.example/debian bookworm main Debian
http://mirror.example/debian bookworm main Debian
http://mirror.example/debian bookworm non-free Debian
http://mirror.example/debian trixie main Debian
http://mirror.example/security bookworm-security main Debian
http://other.example/ bookworm main Elsewhere
END`,
      );
      assert.deepEqual(await debian.debianSources("bookworm"), [
        "deb http://mirror.example/debian bookworm main",
        "deb http://mirror.example/security bookworm-security main",
      ]);
    });

    it("fails with what apt-get says, rather than to go on with other mirrors", async () => {
      checkout.fakeProgram("apt-get", "echo 'E: Malformed entry 1 in list file' >&2; exit 100");
      await assert.rejects(debian.debianSources("bookworm"), (error: Error) => {
        assert.match(error.message, /^Command failed with exit code 100: apt-get /);
        assert.match(error.message, /E: Malformed entry 1 in list file/);
        return true;
      });
    });

    it("has none on a machine without apt-get", async () => {
      const other = new Checkout();
      const { PATH } = process.env;
      try {
        const { debianSources } = await other.load<typeof Debian>("toolchain/debian");
        process.env.PATH = other.path("nowhere");
        assert.deepEqual(await debianSources("bookworm"), []);
      } finally {
        process.env.PATH = PATH;
        other.remove();
      }
    });
  });
});
