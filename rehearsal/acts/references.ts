import type { Registered } from "../../tests/support/program.js";
import * as rules from "../../tests/support/rules/references.js";
import { liveObjects, type LiveObject } from "../checks/live-objects.js";
import type { Act } from "./act.js";

const SYSTEM = /^(kube-|default$)/;

/** The rules that hold for what the program registers hold for what became of it. */
export const referencesAct: Act = {
  title: "every selector finds pods, every name is of something, and every port of an Ingress is a pod's",
  async play({ clusters }) {
    const found = await Promise.all(clusters.map(liveObjects));
    const problems = found.flatMap((objects) => {
      const resources = objects
        .filter(({ metadata }) => metadata.namespace !== undefined && !SYSTEM.test(metadata.namespace))
        .filter(({ metadata }) => !("ownerReferences" in metadata))
        .map(registered);
      return Object.values(rules).flatMap((rule) => rule(resources));
    });
    return { problems, changes: [] };
  },
};

/** The object as a program would have registered it; the API server leaves out what is empty. */
function registered(object: LiveObject): Registered {
  const { apiVersion, kind, metadata } = object;
  const inputs = structuredClone(object) as LiveObject & {
    readonly spec?: { readonly template?: { readonly spec?: { volumes?: unknown[] } } };
  };
  const pod = inputs.spec?.template?.spec;
  if (pod) pod.volumes ??= [];
  return {
    type: `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`,
    name: metadata.name,
    inputs,
    provider: "",
    urn: "",
    parent: "",
    dependencies: [],
    aliases: [],
    retainOnDelete: false,
    protect: false,
    ignoreChanges: [],
    providers: [],
    timeouts: { create: "", update: "", delete: "" },
  };
}
