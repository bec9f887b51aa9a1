// Loads and evaluates the program as Pulumi's own cmd/run does, with mocks where the engine would be. Plain JavaScript,
// so that nothing but the program needs a loader.
// Called as: run-program.mjs PROGRAM CONFIG type-check|ignored-compiler|as-it-is
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [program, config, typescript] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const pulumi = require("@pulumi/pulumi");

if (typescript !== "as-it-is") {
  const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");
  const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
  const compilerOptions = {
    target: "ES2020",
    module: "nodenext",
    moduleResolution: "nodenext",
    sourceMap: "true",
    ...loadTypeScriptCompilerOptions("tsconfig.json"),
  };
  require(tsnodeRequire).register({ compiler: typescriptRequire, project: "tsconfig.json", compilerOptions });
}

let resources = 0;
await pulumi.runtime.setMocks(
  {
    newResource({ type, name, inputs }) {
      resources += 1;
      const made = type.startsWith("random:") ? { result: "x".repeat(inputs.length) } : {};
      return { id: name, state: { ...inputs, ...made, metadata: { name, ...inputs.metadata } } };
    },
    call({ token }) {
      if (token === "pulumi:pulumi:readStackOutputs") return { outputs: {} };
      throw new Error(`unexpected call of ${token}`);
    },
  },
  "slipway",
  "local",
  false,
  "organization",
);
pulumi.runtime.setAllConfig(JSON.parse(config));
await (typescript === "type-check" ? require(program) : import(pathToFileURL(program).href));
await pulumi.runtime.disconnect();
console.log(resources);
