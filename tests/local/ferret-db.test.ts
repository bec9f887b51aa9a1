import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../machine/layout.js";

describe("the program of FerretDB", function () {
  this.timeout(900_000); // Packages that only its test needs are compiled the first time.

  it("lets SQLite find a document by its key without a look at the others: its own Go test says so", async () => {
    const cwd = join(repository, "machine/toolchain/ferretdb");
    // With the paths cut and the environment of machine/tools.ts, so that what the build has compiled serves again.
    const flags = ["-trimpath", "-buildvcs=false", "-vet=off", "-count=1"];
    await execa("go", ["test", ...flags, "./ferretdb"], { cwd, env: { CGO_ENABLED: "0", GOWORK: "off" } });
  });
});
