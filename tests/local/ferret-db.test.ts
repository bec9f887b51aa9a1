import { execa } from "execa";
import { goEnvironment, goFlags, toolchain } from "../../toolchain/tools.js";

describe("the program of FerretDB", function () {
  this.timeout(900_000); // Packages that only its test needs are compiled the first time.

  it("lets SQLite find a document by its key without a look at the others: its own Go test says so", async () => {
    const flags = [...goFlags, "-vet=off", "-count=1"];
    await execa("go", ["test", ...flags, "./ferretdb"], { cwd: toolchain, env: goEnvironment });
  });
});
