import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { repository } from "../../shell/paths.js";

const file = join(repository, "Pulumi.local.yaml");
const committed = readFileSync(file, "utf8");

/** Writes other values of a block into the local stack's file, for the next `npm run up`. */
export function changeBlock(block: string, values: object): void {
  const { config } = parse(committed) as { config: Record<string, object> };
  writeFileSync(file, stringify({ config: { ...config, [block]: { ...config[block], ...values } } }));
}

/** Leaves a block out of it, for the next `npm run up`. */
export function removeBlock(block: string): void {
  const { config } = parse(committed) as { config: Record<string, object> };
  const others = Object.entries(config).filter(([key]) => key !== block);
  writeFileSync(file, stringify({ config: Object.fromEntries(others) }));
}

/** Puts the file back as it was. */
export function restoreStackFile(): void {
  writeFileSync(file, committed);
}
