import * as engine from "./engine.js";
import * as exposure from "./exposure.js";
import * as hardening from "./hardening.js";
import * as metrics from "./metrics.js";
import * as references from "./references.js";
import * as scripts from "./scripts.js";
import { passwordsAreStrong } from "./secrets.js";
import type { StackRule } from "./workloads.js";

/** Every rule that every stack must keep, by its name. */
export const rules = {
  ...engine,
  ...exposure,
  ...hardening,
  ...metrics,
  ...references,
  ...scripts,
  passwordsAreStrong,
} satisfies Readonly<Record<string, StackRule>>;

export { leaksOf } from "./secrets.js";
export type { StackRule } from "./workloads.js";
