import { execa } from "execa";
import { join } from "node:path";
import { paths, repository } from "../../shell/paths.js";
import { startLanguageHost } from "./language-host.js";

describe("the ordinary Pulumi CLI", () => {
  it("loads the program that Pulumi.yaml names, and finds nothing to change in what `npm run up` made", async () => {
    const host = await startLanguageHost();
    try {
      const stackFile = join(paths.engine, "stack/Pulumi.local.yaml");
      const where = ["--stack", "local", "--config-file", stackFile, "--client", host.address];
      // Exits with an error on any change, and when the program does not load.
      await execa(
        join(paths.bin, "pulumi"),
        ["preview", "--expect-no-changes", "--non-interactive", ...where],
        {
          cwd: repository,
          env: {
            ...process.env,
            PULUMI_HOME: join(paths.engine, "home"),
            PULUMI_BACKEND_URL: `file://${join(paths.engine, "state")}`,
            PULUMI_CONFIG_PASSPHRASE_FILE: join(paths.engine, "passphrase"),
            PULUMI_SKIP_UPDATE_CHECK: "true",
          },
        },
      );
    } finally {
      host.stop();
    }
  });
});
