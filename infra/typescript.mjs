// Lets Node.js run the project's TypeScript as it stands: `--import slipway/typescript`, in Pulumi.yaml and in the npm
// scripts. It checks nothing: `npm run types` does.
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

// What V8 compiled, and types stripped, is kept for the next start, which takes a third less CPU then.
nodeModule.enableCompileCache?.(fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url)));

if (process.features.typescript && nodeModule.registerHooks) {
  const { loadOnFirstUse } = await import("./on-first-use.mjs");
  // Pulumi's SDK needs them for functions that it puts into the state, of which this program has none; they are half of
  // what it loads.
  loadOnFirstUse(/\/@pulumi\/pulumi\/typescript-shim\.js$|\/@npmcli\/arborist\/lib\/index\.js$/);
  // Node.js strips types by itself; what is left is that an import names the file that a compiler would write.
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      // A module may be loaded a second time under another address, which then ends in a query.
      const ours = specifier.startsWith(".") && /\.ts(\?|$)/.test(context.parentURL ?? "");
      return nextResolve(ours ? specifier.replace(/\.js$/, ".ts") : specifier, context);
    },
  });
} else {
  await import("tsx/esm");
}
