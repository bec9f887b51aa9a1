// Modules that are loaded when something of them is first used, not when they are required.
import * as nodeModule from "node:module";

const SCHEME = "on-first-use:";

/**
 * Puts a stand-in in the place of each CommonJS module whose address matches.
 *
 * @param {RegExp} addresses of modules of which others take exports by name only, and none while they load themselves.
 */
export function loadOnFirstUse(addresses) {
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const standIn = addresses.test(found.url) && !context.parentURL?.startsWith(SCHEME);
      return standIn ? { url: SCHEME + found.url, format: "commonjs", shortCircuit: true } : found;
    },
    load(url, context, nextLoad) {
      if (!url.startsWith(SCHEME)) return nextLoad(url, context);
      return { format: "commonjs", source: standInFor(url.slice(SCHEME.length)), shortCircuit: true };
    },
  });
}

const standInFor = (url) => `
const { fileURLToPath } = require("node:url");
const load = () => require(fileURLToPath(${JSON.stringify(url)}));
module.exports = new Proxy({}, {
  // Compiled TypeScript asks for this as it requires a module, and takes one that has it as it is.
  get: (_, name) => (name === "__esModule" ? true : load()[name]),
  has: (_, name) => name in load(),
});
`;
