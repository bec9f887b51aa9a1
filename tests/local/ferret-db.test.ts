import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../machine/layout.js";
import { goEnvironment, goFlags } from "../../machine/tools.js";

describe("the program of FerretDB", function () {
  this.timeout(900_000); // Packages that only its test needs are compiled the first time.

  it("lets SQLite find a document by its key without a look at the others: its own Go test says so", async () => {
    const cwd = join(repository, "machine/toolchain/ferretdb");
    const flags = [...goFlags, "-vet=off", "-count=1"];
    await execa("go", ["test", ...flags, "./ferretdb"], { cwd, env: goEnvironment });
  });
});
