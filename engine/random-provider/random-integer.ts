import { createHash, randomBytes } from "node:crypto";
import { defineResource } from "./resource.js";

/** Yields the asked number of random bytes, at most 32. */
type Draw = (byteCount: number) => Buffer;

/** A seed gives the same integer every time, though not the one of the real provider. */
export const randomInteger = defineResource({
  token: "random:index/randomInteger:RandomInteger",
  schema: {
    keepers: { type: "a map of strings" },
    max: { type: "an integer", required: true },
    min: { type: "an integer", required: true },
    seed: { type: "a string" },
  },
  secretOutputs: [],
  check({ min, max }) {
    if (min === undefined || max === undefined || min <= max) return [];
    return [{ property: "max", reason: `expected at least min (${min})`, got: String(max) }];
  },
  create({ min, max, seed }) {
    const span = BigInt(max) - BigInt(min) + 1n;
    const result = Number(BigInt(min) + below(span, seed ? seeded(seed) : randomBytes));
    return { id: String(result), outputs: { result } };
  },
});

/** A number from 0 to below `span`, each as likely: what does not fit is drawn again, not folded back. */
function below(span: bigint, draw: Draw): bigint {
  const bits = (span - 1n).toString(2).length;
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    const drawn = BigInt(`0x${draw(Math.ceil(bits / 8)).toString("hex")}`) & mask;
    if (drawn < span) return drawn;
  }
}

function seeded(seed: string): Draw {
  let drawn = 0;
  return (byteCount) => createHash("sha256").update(`${drawn++} ${seed}`).digest().subarray(0, byteCount);
}
