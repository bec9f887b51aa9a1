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
        const parsed = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
        return [
          ...(text.startsWith("#!/bin/sh\n") ? [] : ["does not say that it is for sh"]),
          ...(parsed.status === 0 ? [] : [`is no script: ${parsed.stderr.trim()}`]),
          ...bashisms.filter(([pattern]) => pattern.test(text)).map(([, what]) => `uses ${what}`),
        ].map((fault) => `${titleOf(configMap)}: ${key} ${fault}`);
      }),
  );
