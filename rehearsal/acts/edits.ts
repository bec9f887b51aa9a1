import { isMap } from "../../engine/random-provider/wire.js";
import type { Configuration } from "../stack.js";

/** What a person writes into a stack file: the keys that change, blocks with those of their keys that do. */
export type Edit = Readonly<Record<string, unknown>>;

/** Writes it in: blocks are merged, all else is replaced. */
export function applyEdit(config: Configuration, edit: Edit): void {
  for (const [key, value] of Object.entries(edit)) {
    const before = config[key];
    if (isMap(value) && isMap(before)) applyEdit(before, value);
    else config[key] = value;
  }
}
