import { spawnSync } from "node:child_process";
import { ofKind } from "../program.js";
import { type Rule, titleOf } from "./workloads.js";

/** What works in bash, and in a POSIX shell does something else or nothing. */
const bashisms: readonly (readonly [RegExp, string])[] = [
  [/\[\[/, "[["],
  [/\[ [^\]]*==/, "== in a test"],
  [/^\s*function\s/m, "function"],
  [/\$RANDOM\b|\$\{RANDOM\b/, "$RANDOM, which is neither POSIX nor random enough for a password"],
  [/<<</, "<<<"],
  [/\bsource\s/, "source"],
];

/** Scripts are POSIX sh: our images have no other shell. */
export const scriptsArePosix: Rule = (resources) =>
  ofKind(resources, "ConfigMap").flatMap((configMap) =>
    Object.entries<string>(configMap.inputs.data)
      .filter(([key]) => key.endsWith(".sh"))
      .flatMap(([key, text]) => {
        const error = syntaxErrorOf(text);
        return [
          ...(text.startsWith("#!/bin/sh\n") ? [] : ["does not say that it is for sh"]),
          ...(error === undefined ? [] : [`is no script: ${error}`]),
          ...bashisms.filter(([pattern]) => pattern.test(text)).map(([, what]) => `uses ${what}`),
        ].map((fault) => `${titleOf(configMap)}: ${key} ${fault}`);
      }),
  );

const parsed = new Map<string, string | undefined>();

/** What the shell says of a script that it does not understand; each text is parsed once. */
function syntaxErrorOf(script: string): string | undefined {
  if (!parsed.has(script)) {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
    parsed.set(script, status === 0 ? undefined : stderr.trim());
  }
  return parsed.get(script);
}
