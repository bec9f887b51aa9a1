import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What the SDK, which is made from the provider's own schema, says of a type of resource. */
export interface Declaration {
  readonly inputs: ReadonlySet<string>;
  readonly required: readonly string[];

  /** Outputs that are no inputs. */
  readonly computed: ReadonlySet<string>;

  /** Properties that are always secret. */
  readonly secrets: ReadonlySet<string>;
}

const require = createRequire(import.meta.url);
const known = new Map<string, Declaration | undefined>();

/** Reads the declaration out of the SDK's compiled class; undefined for a type that the SDK does not have. */
export function declarationOf(token: string): Declaration | undefined {
  if (!known.has(token)) known.set(token, readDeclaration(token));
  return known.get(token);
}

/** Version of the SDK, which is also that of the provider. */
export function sdkVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(join(sdkFolder(name), "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

const sdkFolder = (name: string) => dirname(require.resolve(`@pulumi/${name}/package.json`));

function readDeclaration(token: string): Declaration | undefined {
  const [name = "", path = ""] = token.split(":");
  const [module = "", type = ""] = path.split("/");
  const folder = join(sdkFolder(name), module);
  // "iAMMember" is in iammember.js: a name that begins with an acronym is written in small letters.
  const file = filesOf(folder).find((other) => other.toLowerCase() === `${type.toLowerCase()}.js`);
  if (file === undefined) return undefined;
  const text = readFileSync(join(folder, file), "utf8");
  return text.includes(`__pulumiType = '${token}'`) ? parseDeclaration(text) : undefined;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No such module: then there is no such type either.
  }
}

/** @param text the SDK's class: in its constructor the inputs are assigned, what is missing throws */
export function parseDeclaration(text: string): Declaration {
  const constructor = text.slice(text.indexOf("constructor("));
  const ofArgs = constructor.slice(constructor.indexOf("const args = argsOrState;"));
  const names = (pattern: RegExp) => [...ofArgs.matchAll(pattern)].map(([, property = ""]) => property);
  const computed = new Set(names(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g));
  const [, secrets = ""] = /additionalSecretOutputs: \[([^\]]*)\]/.exec(ofArgs) ?? [];
  return {
    inputs: new Set(names(/resourceInputs\["(\w+)"\] =/g).filter((property) => !computed.has(property))),
    required: names(/Missing required property '(\w+)'/g),
    computed,
    secrets: new Set([...secrets.matchAll(/"(\w+)"/g)].map(([, property = ""]) => property)),
  };
}
