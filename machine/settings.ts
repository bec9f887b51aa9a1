import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { defaultSettings, type Settings } from "./layout.js";

/** Of the cluster. */
export const leastNodes = 3;
export const whyNodes = "since the chat's server has up to three pods, each on a node of its own";

/** The settings of the cluster that is there, or the defaults. */
export async function savedSettings(): Promise<Settings> {
  const saved = existsSync(paths.settings)
    ? (JSON.parse(await readFile(paths.settings, "utf8")) as Partial<Settings>)
    : {};
  return { ...defaultSettings, ...saved };
}

/** The saved settings with what was asked for over them. */
export async function chooseSettings(asked: Partial<Settings>): Promise<Settings> {
  const before = await savedSettings();
  const { nodes, httpPort, httpsPort, apiPort } = { ...before, ...asked };
  if (existsSync(paths.settings) && nodes < before.nodes) {
    throw new UserError(
      `expected --nodes of at least ${before.nodes}, which this cluster has and whose volumes hold data, got ${nodes}; run "npm run down -- --purge" first`,
    );
  }
  if (nodes < leastNodes) {
    throw new UserError(
      `expected at least ${leastNodes} nodes, ${whyNodes}, got ${nodes} of an earlier "npm run up"; run "npm run up -- --nodes ${leastNodes}"`,
    );
  }
  return { nodes, httpPort, httpsPort, apiPort };
}
