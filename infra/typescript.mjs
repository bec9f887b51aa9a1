// Lets Node.js run the project's TypeScript as it stands: `--import slipway/typescript`, in Pulumi.yaml and in the npm
// scripts. It checks nothing: `npm run types` does.
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const ON_FIRST_USE = "on-first-use:";

// What V8 compiled, and types stripped, is kept for the next start, which takes a third less CPU then.
nodeModule.enableCompileCache?.(fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url)));

if (process.features.typescript && nodeModule.registerHooks) {
  // Node.js strips types by itself; what is left is that an import names the file that a compiler would write.
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      // A module may be loaded a second time under another address, which then ends in a query.
      const ours = specifier.startsWith(".") && /\.ts(\?|$)/.test(context.parentURL ?? "");
      return nextResolve(ours ? specifier.replace(/\.js$/, ".ts") : specifier, context);
    },
  });
  // Pulumi's SDK needs them for functions that it puts into the state, of which this program has none; they are a third
  // of its start.
  loadOnFirstUse(/\/@pulumi\/pulumi\/typescript-shim\.js$|\/@npmcli\/arborist\/lib\/index\.js$/);
} else {
  await import("tsx/esm");
}

/**
 * Puts a stand-in in the place of each CommonJS module whose address matches, and loads it when something of it is used.
 *
 * @param {RegExp} addresses of modules of which others take exports by name only, and none while they load themselves.
 */
function loadOnFirstUse(addresses) {
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const standIn = addresses.test(found.url) && !context.parentURL?.startsWith(ON_FIRST_USE);
      return standIn ? { url: ON_FIRST_USE + found.url, format: "commonjs", shortCircuit: true } : found;
    },
    load(url, context, nextLoad) {
      if (!url.startsWith(ON_FIRST_USE)) return nextLoad(url, context);
      return { format: "commonjs", source: standInFor(url.slice(ON_FIRST_USE.length)), shortCircuit: true };
    },
  });
}

function standInFor(url) {
  return `
const { fileURLToPath } = require("node:url");
let loaded;
const load = () => (loaded ??= require(fileURLToPath(${JSON.stringify(url)})));
module.exports = new Proxy({}, {
  // Compiled TypeScript asks for this as it requires a module, and takes one that has it as it is.
  get: (_, name) => (name === "__esModule" ? true : load()[name]),
});
`;
}
