import type { StateResource } from "../../rehearsal/stack.js";
import { orderWithoutComponents, providerUrnOf, type Ordered } from "./order.js";
import { asSecret, expressionOf, secretOf, sourcesOf, type Source } from "./references.js";

/** A resource with all that a state tells of how the program asked for it. */
export interface Deployed extends StateResource, Ordered {
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly customTimeouts?: Readonly<Record<string, number>>;
}

/** Whether a program writes it down: no component, and no provider that the engine made by itself. */
export const isWritten = ({ custom, type, urn }: Deployed) =>
  custom && !(type.startsWith(PROVIDER) && nameOf(urn).startsWith("default"));

/**
 * A program that makes the same resources, one statement for each and without any component: by the SDKs' own classes,
 * under the same names, with the same options, in an order that is the same.
 *
 * @param resources of a state that was exported with its secrets in clear, in its order
 */
export function flatProgram(resources: readonly Deployed[]): string {
  const written = resources.filter(isWritten);
  const order = orderWithoutComponents(resources);
  const variables = new Map(written.map(({ urn }, index) => [urn, `r${index}`]));
  const sources = new Map(written.map((one) => [one.urn, sourcesOf(variables.get(one.urn) ?? "", one)]));
  const classes = written.filter(({ type }) => !type.startsWith(PROVIDER)).map(({ type }) => classOf(type));
  const modules = new Map(classes.map(({ module, path }) => [module, path]));
  return [
    `import { createRequire } from "node:module";`,
    `const require = createRequire(import.meta.url);`,
    ...[...modules].map(([module, path]) => `const ${module} = require("${path}");`),
    `const pulumi = require("@pulumi/pulumi");`,
    `export function deploy() {`,
    ...written.map(
      (one) => `  ${statementOf({ ...one, dependencies: order.get(one.urn) }, variables, sources)}`,
    ),
    `}`,
    ``,
  ].join("\n");
}

const PROVIDER = "pulumi:providers:";

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

function statementOf(
  resource: Deployed,
  variables: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, readonly Source[]>,
): string {
  const { urn, type, propertyDependencies = {} } = resource;
  const used = new Set<string>();
  const inputs = inputsOf(resource);
  const properties = Object.entries(inputs).map(([key, value]) => {
    const from = (propertyDependencies[key] ?? []).flatMap((dependency) => sources.get(dependency) ?? []);
    return `${JSON.stringify(key)}: ${expressionOf(value, from, used)}`;
  });
  const options = optionsOf(resource, variables, used);
  const [variable, name] = [variables.get(urn) ?? "", JSON.stringify(nameOf(urn))];
  const args = `{ ${properties.join(", ")} }, { ${options.join(", ")} }`;
  if (!type.startsWith(PROVIDER)) {
    const { module, name: className } = classOf(type);
    return `const ${variable} = new ${module}.${className}(${name}, ${args});`;
  }
  const ofPackage = JSON.stringify(type.slice(PROVIDER.length));
  return `const ${variable} = new pulumi.ProviderResource(${ofPackage}, ${name}, ${args});`;
}

/** The inputs as a program gives them, before the providers rewrote them. */
function inputsOf({ type, inputs = {} }: Deployed): Record<string, unknown> {
  // The version is an option; the other is the engine's own.
  if (type.startsWith(PROVIDER))
    return Object.fromEntries(
      Object.entries(inputs).filter(([key]) => key !== "version" && key !== "__internal"),
    );
  if (type !== "kubernetes:core/v1:Secret") return inputs;
  // What was given as text is Base64 in the state, in which nothing of another resource can be found.
  const { data, ...others } = inputs;
  const encoded = (secretOf(data)?.value ?? data ?? {}) as Record<string, string>;
  const texts = Object.entries(encoded).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]);
  return { ...others, stringData: asSecret(Object.fromEntries(texts)) };
}

function optionsOf(
  resource: Deployed,
  variables: ReadonlyMap<string, string>,
  used: ReadonlySet<string>,
): string[] {
  const { type, inputs, dependencies = [], customTimeouts = {} } = resource;
  const ofProvider = variables.get(providerUrnOf(resource));
  const others = dependencies
    .map((urn) => variables.get(urn))
    .filter((variable) => variable !== undefined && variable !== ofProvider && !used.has(variable));
  const timeouts = Object.entries(customTimeouts).map(([operation, seconds]) => [operation, `${seconds}s`]);
  return [
    ...(type.startsWith(PROVIDER) ? [`version: ${JSON.stringify(inputs?.version)}`] : []),
    ...(ofProvider === undefined ? [] : [`provider: ${ofProvider}`]),
    ...(others.length === 0 ? [] : [`dependsOn: [${others.join(", ")}]`]),
    ...(["protect", "retainOnDelete", "ignoreChanges"] as const)
      .filter((option) => resource[option] !== undefined)
      .map((option) => `${option}: ${JSON.stringify(resource[option])}`),
    ...(timeouts.length === 0 ? [] : [`customTimeouts: ${JSON.stringify(Object.fromEntries(timeouts))}`]),
  ];
}

interface SdkClass {
  /** Of the program's variable for it. */
  readonly module: string;
  readonly path: string;
  readonly name: string;
}

/** The SDK's class of a type; a kind that is no SDK's goes by the one for all of them. */
function classOf(type: string): SdkClass {
  const [ofPackage = "", module = "", name = ""] = type.split(":");
  const [first = "", version = ""] = module.split("/");
  const path = `@pulumi/${ofPackage}`;
  if (ofPackage === "kubernetes") {
    const isBuiltIn = !first.includes(".") || first.endsWith(".k8s.io");
    const group = first.split(".")[0] ?? "";
    const kind = isBuiltIn ? `${group}.${version}.${name}` : "apiextensions.CustomResource";
    return { module: ofPackage, path, name: kind };
  }
  if (first === "index") return { module: ofPackage, path, name };
  return { module: `${ofPackage}_${first}`, path: `${path}/${first}`, name };
}
