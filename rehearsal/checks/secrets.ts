import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { LiveObject } from "./live-objects.js";
import { titleOf } from "./live-objects.js";

/** Pulumi's mark of a secret in a state. */
const MARK = "4dabf18193072939515e22adb298388d";

/** Shorter ones are found anywhere by chance. */
const SHORTEST = 8;

/** Every text in the secrets of a state that was exported with its secrets in clear. */
export function secretTexts(exported: unknown): string[] {
  const found = new Set<string>();
  const walk = (value: unknown, secret: boolean): void => {
    if (typeof value === "string") {
      if (secret && value.length >= SHORTEST) found.add(value);
    } else if (Array.isArray(value)) {
      for (const entry of value) walk(entry, secret);
    } else if (typeof value === "object" && value !== null) {
      const { plaintext } = value as { plaintext?: string };
      if (MARK in value && plaintext !== undefined) walk(JSON.parse(plaintext), true);
      else for (const entry of Object.values(value)) walk(entry, secret);
    }
  };
  walk(exported, false);
  return [...found];
}

/** Every line of every file below that folder, each once: an engine keeps the state of each run, and they are alike. */
export function linesBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const lines = files.flatMap(({ parentPath, name }) =>
    readFileSync(join(parentPath, name), "utf8").split("\n"),
  );
  return [...new Set(lines)].join("\n");
}

/** The ways in which a value can stand in a text. */
const formsOf = (value: string) => [
  value,
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString("base64").replace(/=+$/, ""),
  encodeURIComponent(value),
];

/** Which of the texts, by their names, tell a secret. The secret itself is not told again. */
export function leaksIn(secrets: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const count = secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form))).length;
    return count === 0 ? [] : [`${name}: ${count} secret(s) in clear`];
  });
}

/** What of a cluster tells a secret, though it is no Secret. */
export function leaksInCluster(secrets: readonly string[], objects: readonly LiveObject[]): string[] {
  const others = objects.filter(({ apiVersion, kind }) => !(apiVersion === "v1" && kind === "Secret"));
  return leaksIn(
    secrets,
    Object.fromEntries(others.map((object) => [titleOf(object), JSON.stringify(object)])),
  );
}
