import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/gcp/provider.js";
import { type Registered, valueOf } from "../../support/program.js";

/** A component with the provider that each test's subject inherits from, as it does from GoogleCloud. */
export class Google extends pulumi.ComponentResource {
  readonly gcpProvider: Provider;

  constructor() {
    super("test:index:Google", "google");
    this.gcpProvider = new Provider("gcp", { project: "acme-dev" }, { parent: this });
  }

  /** Options of a child. */
  get opts() {
    return { parent: this, providers: [this.gcpProvider] };
  }
}

/** "type name" of every resource but the components, the test's own ones and the provider. */
export function listOf(resources: readonly Registered[]): string[] {
  return resources
    .filter(({ type }) => !/^(slipway|test|pulumi):/.test(type))
    .map(({ type, name }) => `${type.split("/").at(-1) ?? type} ${name}`)
    .sort();
}

/** "type name" of what an output waits for: what makes use of it is made after them, and deleted before them. */
export async function waitsFor(output: pulumi.Output<unknown>): Promise<string[]> {
  const resources: pulumi.Resource[] = [...(await (output as any).allResources())];
  const urns = await Promise.all(resources.map(({ urn }) => valueOf(urn)));
  return urns
    .map((urn) => {
      const [, , type = "", name = ""] = urn.split("::");
      return `${type.split("/").at(-1) ?? type} ${name}`;
    })
    .sort();
}

/** Whether one waits for the other, at once or through others. */
export function reaches(resources: readonly Registered[], from: Registered, urn: string): boolean {
  const known = new Map(resources.map((resource) => [resource.urn, resource]));
  const seen = new Set<string>();
  const queue = [...from.dependencies];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === urn) return true;
    if (!seen.has(next)) queue.push(...(known.get(next)?.dependencies ?? []));
    seen.add(next);
  }
  return false;
}
