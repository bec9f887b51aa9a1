import { type Rule, scriptsOf } from "./workloads.js";

/** What works in bash, and in a POSIX shell does something else or nothing. */
const bashisms: readonly (readonly [RegExp, string])[] = [
  [/\[\[/, "[["],
  [/\[ [^\]]*==/, "== in a test"],
  [/^\s*function\s/m, "function"],
  [/\$RANDOM\b|\$\{RANDOM\b/, "$RANDOM, which is neither POSIX nor random enough for a password"],
  [/<<</, "<<<"],
  [/\bsource\s/, "source"],
];

/** Scripts are POSIX sh: our images have no other shell. That it understands them, only a shell can tell. */
export const scriptsArePosix: Rule = (resources) =>
  scriptsOf(resources).flatMap(({ title, text }) =>
    [
      ...(text.startsWith("#!/bin/sh\n") ? [] : ["does not say that it is for sh"]),
      ...bashisms.filter(([pattern]) => pattern.test(text)).map(([, what]) => `uses ${what}`),
    ].map((fault) => `${title} ${fault}`),
  );
