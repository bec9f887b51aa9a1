import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { leaveOutSourcePositions } from "../../infra/source-positions.js";
import { cloudAnswers, cloudCall } from "./clouds.js";
import { holdingValues } from "./held-values.js";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** As they go to the engine: what is secret is wrapped, see `isSecret`. */
  readonly inputs: any;
  /** URN and id of the provider: "" for a resource that has found none. */
  readonly provider: string;
  readonly urn: string;
  readonly parent: string;
  /** URNs of what must exist before it. */
  readonly dependencies: readonly string[];
  /** URNs under which the program says that it was known before. */
  readonly aliases: readonly string[];
  readonly retainOnDelete: boolean;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** Changes that Pulumi does not see. */
  readonly ignoreChanges: readonly string[];
  /** Packages of the providers that a component hands to its children. */
  readonly providers: readonly string[];
  /** As given: "10m". */
  readonly timeouts: { readonly create: string; readonly update: string; readonly delete: string };
}

export interface RecordOptions {
  readonly stack?: string;

  /** What the stack file says: "slipway:journal" -> value, objects as objects. */
  readonly config?: Readonly<Record<string, unknown>>;

  /** Whether to run as `pulumi preview` does, in which what a provider would make up is unknown. */
  readonly preview?: boolean;

  /** What the random provider makes up. */
  readonly password?: string;

  /** What the stack's last update put out; without it the program may not ask. */
  readonly lastOutputs?: Readonly<Record<string, unknown>>;
}

leaveOutSourcePositions();
// At the end of a process Pulumi tells which of its promises are still open, for which it wraps thousands.
Object.assign(createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js"), {
  debuggablePromise: (promise: Promise<unknown>) => promise,
});

/** Runs a program under fresh mocks and returns every resource that it registered, in that order. */
export async function record(program: () => unknown, options: RecordOptions = {}): Promise<Registered[]> {
  const {
    stack = "test",
    config = {},
    preview = false,
    password = "Made0up0by0the0random0provider00",
    lastOutputs,
  } = options;
  const resources: Registered[] = [];
  let request: any;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  const mocks: pulumi.runtime.Mocks = {
    newResource({ type, name, inputs, provider = "" }) {
      resources.push({ type, name, inputs, provider, ...optionsOf(request, stack) });
      const id = preview ? undefined : `${name}-id`;
      return { id, state: stateOf(type, name, inputs, preview ? undefined : password) };
    },
    call({ token, inputs }) {
      if (
        token === "pulumi:pulumi:readStackOutputs" &&
        inputs.name === `organization/slipway/${stack}` &&
        lastOutputs
      )
        return { outputs: lastOutputs };
      const answer = cloudCall(token, inputs);
      if (answer) return answer;
      // The SDK would wait for ever for an answer, so the run is ended here.
      fail(new Error(`unexpected call of ${token}`));
      return {};
    },
  };

  await pulumi.runtime.setMocks(mocks, "slipway", stack, preview, "organization");
  // The mocks are not told a resource's options; the request that they are made from holds them.
  const monitor: any = pulumi.runtime.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (...args: unknown[]) => {
    request = args[0];
    return register(...args);
  };
  setConfig(config);
  return await holdingValues(async () => {
    await program();
    // Only after this has every registration come in, also of what waits for another's output.
    await Promise.race([pulumi.runtime.disconnect(), failed]);
    return resources;
  });
}

/** The one resource of that type and name; what is there instead, if it is not. */
export function only(resources: readonly Registered[], type: string, name: string): Registered {
  const found = resources.filter((resource) => resource.type === type && resource.name === name);
  const [resource] = found;
  const there = resources.map((other) => `\n  ${other.type} ${other.name}`).join("");
  assert.ok(
    resource && found.length === 1,
    `expected one ${type} "${name}", got ${found.length} among${there}`,
  );
  return resource;
}

/** Every Kubernetes object of that kind. */
export function ofKind(resources: readonly Registered[], kind: string): Registered[] {
  return resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));
}

/** Sets the whole configuration of a stack, as the engine does: objects as JSON. */
export function setConfig(config: Readonly<Record<string, unknown>>): void {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)])),
  );
}

/** What the output holds, once the program has run. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply(resolve));
}

/** Whether that input reaches the state encrypted. */
export function isSecret(input: any): boolean {
  return input?.[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;
}

/** The input, out of its wrapping if it is secret. */
export function reveal(input: any): any {
  return isSecret(input) ? input.value : input;
}

function optionsOf(request: any, stack: string) {
  const parent: string = request.getParent();
  const type: string = request.getType();
  // As the mocks do it: with the parent's own type only.
  const parentType = parent.split("::")[2]?.split("$").at(-1);
  const urnType = parentType ? `${parentType}$${type}` : type;
  const urn = `urn:pulumi:${stack}::slipway::${urnType}::${request.getName() as string}`;
  return {
    urn,
    parent,
    dependencies: request.getDependenciesList() as string[],
    aliases: aliasesOf(request),
    retainOnDelete: request.getRetainondelete() as boolean,
    protect: (request.getProtect() ?? false) as boolean,
    ignoreChanges: request.getIgnorechangesList() as string[],
    providers: (request.getProvidersMap().getEntryList() as [string, string][]).map(([name]) => name),
    timeouts: {
      create: (request.getCustomtimeouts()?.getCreate() ?? "") as string,
      update: (request.getCustomtimeouts()?.getUpdate() ?? "") as string,
      delete: (request.getCustomtimeouts()?.getDelete() ?? "") as string,
    },
  };
}

/** What the program itself says: the SDK's own aliases are older versions of the type, with all else the same. */
function aliasesOf(request: any): string[] {
  const specs = request
    .getAliasesList()
    .map((alias: any) => alias.getSpec()?.toObject() ?? { name: alias.getUrn() });
  return specs
    .filter(
      ({ name, parenturn, noparent }: any) =>
        noparent || (name && name !== request.getName()) || (parenturn && parenturn !== request.getParent()),
    )
    .map(({ name, parenturn }: any) => [name, parenturn].filter(Boolean).join(" of "));
}

/** What the providers answer: Kubernetes the object, with a name if it had none; random a value, once it is made. */
function stateOf(type: string, name: string, inputs: any, password?: string): Record<string, unknown> {
  const isPreview = password === undefined;
  const answers = cloudAnswers(type, name, inputs);
  const unknown = Object.fromEntries(
    Object.keys(answers.made).map((key) => [key, pulumi.runtime.unknownValue]),
  );
  const made = isPreview ? unknown : answers.made;
  if (type.startsWith("kubernetes:")) {
    // The provider makes up a new name for every new object, and such an object is new whenever its content is.
    const suffix = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 8);
    const madeName = isPreview ? pulumi.runtime.unknownValue : `${name}-${suffix}`;
    return { ...inputs, ...made, metadata: { ...inputs.metadata, name: inputs.metadata?.name ?? madeName } };
  }
  if (type === "random:index/randomPassword:RandomPassword" && !isPreview) {
    return { ...inputs, result: pulumi.secret(password.slice(0, inputs.length)) };
  }
  if (type === "random:index/randomId:RandomId" && !isPreview) return { ...inputs, hex: "1f2e3d4c" };
  return { ...inputs, ...(answers.name !== undefined && { name: answers.name }), ...made };
}
