import { isRpcSecret, specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** Properties as the engine sends them: secrets wrapped in a marker, unknowns as a marker string. */
export type Properties = Record<string, unknown>;

/** The value in a secret's marker; once, even if it came with one. */
export function secret(value: unknown): Properties {
  return { [specialSigKey]: specialSecretSig, value: reveal(value) };
}

/** The value with every secret marker removed, at any depth. */
export function reveal(value: unknown): unknown {
  if (isRpcSecret(value)) return reveal((value as { value: unknown }).value);
  if (Array.isArray(value)) return value.map(reveal);
  return isMap(value) ? mapValues(value, reveal) : value;
}

export function containsSecret(value: unknown): boolean {
  return isRpcSecret(value) || (isMap(value) && Object.values(value).some(containsSecret));
}

/** True of a value that a preview does not know yet. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** The properties without those that are absent: Pulumi means the same by null and by undefined. */
export function present(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
  );
}

export function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mapValues(map: Properties, change: (value: unknown) => unknown): Properties {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}
