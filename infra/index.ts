import { loadConfig } from "./config.js";
import { deploy } from "./program.js";

// The module's exports are the stack's outputs. The table of contents is `deploy`, so that a test, or the `up`
// command, can run the program as often as it likes.
export const { urls } = deploy(loadConfig());
