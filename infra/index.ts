import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "./config.js";
import { readLastOutputs } from "./last-outputs.js";
import { deploy } from "./program.js";
import { leaveOutSourcePositions } from "./source-positions.js";

leaveOutSourcePositions();

// The module's exports are the stack's outputs. The table of contents is `deploy`, so that a test, or the `up`
// command, can run the program as often as it likes.
export const {
  urls,
  kubeconfigs,
  registries,
  pushRoleArn,
  addresses,
  egressAddresses,
  databaseConnectionName,
  passwordVersions,
  ciIdentities,
} = await readLastOutputs().then(loadConfig).then(deploy);

/** What Pulumi Cloud shows as the stack's page, with the outputs filled in. */
export const readme = readFileSync(join(import.meta.dirname, "../Pulumi.README.md"), "utf8");
