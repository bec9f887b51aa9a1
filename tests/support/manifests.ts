import { stringify } from "yaml";
import { type Registered, reveal } from "./program.js";

/** The program's Kubernetes objects as YAML, for the checkers that read manifests. */
export function manifestsOf(resources: readonly Registered[]): string {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ name, inputs }) => {
      const { stringData, metadata, ...rest } = inputs;
      return {
        ...rest,
        metadata: { ...metadata, name: metadata.name ?? name },
        ...(stringData && { stringData: reveal(stringData) }),
      };
    })
    .map((object) => stringify(object))
    .join("---\n");
}
