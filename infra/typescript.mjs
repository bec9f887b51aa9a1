// Lets Node.js run the project's TypeScript as it stands: `--import slipway/typescript`, in Pulumi.yaml and in the npm
// scripts. It checks nothing: `npm run types` does. And it keeps the start short: see `standIns`.
import { Buffer } from "node:buffer";
import { existsSync, mkdirSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const STAND_IN = "stand-in:";

/** What others get in the place of a CommonJS module, by that module's address: JavaScript, made of its path. */
const standIns = [
  // Pulumi's SDK needs them for functions that it puts into the state, of which this program has none. They bring the
  // TypeScript compiler and npm's reader of package trees, which are a third of the start.
  [/\/@pulumi\/pulumi\/runtime\/closure\/codePaths\.js$/, onFirstUse("computeCodePaths")],
  [
    /\/@pulumi\/pulumi\/runtime\/closure\/serializeClosure\.js$/,
    onFirstUse("serializeFunction", "serializeFunctionAsync"),
  ],
  // For programs that drive the engine, and for providers.
  [/\/@pulumi\/pulumi\/(automation|provider)\/index\.js$/, onFirstUse()],
  // For charts and manifests. They register classes for no resources but their own.
  [/\/@pulumi\/kubernetes\/(helm|kustomize|yaml)\/index\.js$/, onFirstUse()],
  [/\/@pulumi\/pulumi\/runtime\/debuggable\.js$/, withoutStacks],
];

/** zod's texts in sixty languages. */
const locales = /\/zod\/v4\/locales\/index\.js$/;

/** A module may be loaded a second time under another address, which then ends in a query. */
const typeScript = /\.ts(\?|$)/;

// What V8 compiled, and types stripped, is kept for later starts, which take a third less CPU then.
keepFromTheSecondStart(fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url)));

if (process.features.typescript && nodeModule.registerHooks) {
  nodeModule.registerHooks({ resolve, load });
} else {
  await import("tsx/esm");
}

/** Writing it takes a quarter of a start's CPU, which is in vain where every start is the first, as it is in CI. */
function keepFromTheSecondStart(folder) {
  if (existsSync(folder)) {
    nodeModule.enableCompileCache?.(folder);
    return;
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    // Nothing can be kept here, and the program starts without.
  }
}

function resolve(specifier, context, nextResolve) {
  const { parentURL = "", conditions } = context;
  // Node.js strips types by itself; what is left is that an import names the file that a compiler would write.
  const ours = specifier.startsWith(".") && typeScript.test(parentURL);
  const found = nextResolve(ours ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  // An import has to know the names of what it gets beforehand, which a stand-in cannot tell.
  const replaced = conditions.includes("require") && !parentURL.startsWith(STAND_IN) && standInOf(found.url);
  return replaced ? { url: STAND_IN + found.url, format: "commonjs", shortCircuit: true } : found;
}

function load(url, context, nextLoad) {
  if (url.startsWith(STAND_IN)) {
    const address = url.slice(STAND_IN.length);
    const source = standInOf(address)(fileURLToPath(address));
    return { format: "commonjs", source, shortCircuit: true };
  }
  const loaded = nextLoad(url, context);
  return locales.test(url) ? { ...loaded, source: localesOnFirstUse(loaded.source) } : loaded;
}

function standInOf(address) {
  return standIns.find(([addresses]) => addresses.test(address))?.[1];
}

/**
 * Loads the module when something of it is used.
 *
 * @param {string[]} functions that others take before they use them.
 */
function onFirstUse(...functions) {
  return (file) => `
let loaded;
const load = () => (loaded ??= require(${JSON.stringify(file)}));
const functions = {};
for (const name of ${JSON.stringify(functions)}) functions[name] = (...args) => load()[name](...args);
module.exports = new Proxy({}, {
  // Compiled TypeScript asks for __esModule as it requires a module, and takes one that has it as it is.
  get: (_, name) => name === "__esModule" || ((!loaded && functions[name]) || load()[name]),
  set: (_, name, value) => Reflect.set(load(), name, value),
  has: (_, name) => name in load(),
  ownKeys: () => Reflect.ownKeys(load()),
  getOwnPropertyDescriptor(_, name) {
    const found = Reflect.getOwnPropertyDescriptor(load(), name);
    return found && { ...found, configurable: true };
  },
});
`;
}

/** Pulumi's SDK writes down a stack for each of its promises, thousands of them, and shows it to who looks for leaks. */
function withoutStacks(file) {
  return `
const debuggable = require(${JSON.stringify(file)});
const { debuggablePromise } = debuggable;
debuggable.debuggablePromise = (promise, context) => {
  const { stackTraceLimit } = Error;
  if (!debuggable.debugPromiseLeaks) Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(promise, context);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};
module.exports = debuggable;
`;
}

/** Each language is a function, so that one which loads it can stand for it. */
function localesOnFirstUse(source) {
  const modules = /export \{ default as (\w+) \} from (".*");/g;
  const functions = Buffer.from(source)
    .toString()
    .replaceAll(modules, "export const $1 = () => require($2).default();");
  return `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${functions}`;
}
