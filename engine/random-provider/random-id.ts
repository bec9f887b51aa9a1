import { randomBytes } from "node:crypto";
import { defineResource } from "./resource.js";

export const randomId = defineResource({
  token: "random:index/randomId:RandomId",
  schema: {
    byteLength: { type: "an integer", required: true, minimum: 1 },
    keepers: { type: "a map of strings" },
    prefix: { type: "a string" },
  },
  secretOutputs: [],
  check: () => [],
  create({ byteLength, prefix = "" }) {
    const bytes = randomBytes(byteLength);
    const id = bytes.toString("base64url");
    const hex = bytes.toString("hex");
    return {
      id,
      outputs: {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + id,
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      },
    };
  },
});
