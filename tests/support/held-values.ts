import { createRequire } from "node:module";

const { Struct } = createRequire(import.meta.url)("google-protobuf/google/protobuf/struct_pb.js");

/**
 * Runs a program that sends its values over no wire, without encoding them, which is a third of its time. A copy is held
 * in the place of each, and what cannot be encoded is refused still.
 */
export async function holdingValues<T>(program: () => Promise<T>): Promise<T> {
  const encode = Struct.fromJavaScript;
  Struct.fromJavaScript = (value: object) => {
    const held = decoded(value);
    const getFieldsMap = () => encode(held).getFieldsMap();
    return Object.assign(new Struct(), { toJavaScript: () => decoded(held), getFieldsMap });
  };
  try {
    return await program();
  } finally {
    Struct.fromJavaScript = encode;
  }
}

/** A copy of the value, as it would come out of its encoding. */
export function decoded(value: any): any {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  if (typeof value !== "object") throw new Error("Unexpected struct type.");
  const copy: Record<string, unknown> = {};
  const keys: string[] = [];
  // Inherited ones too, and in this order, as the encoding has them.
  for (const key in value) keys.push(key);
  for (const key of keys.sort()) copy[key] = decoded(value[key]);
  return copy;
}
