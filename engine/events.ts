import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** As the engine's own display has them; what is left as it is has none. */
const signs: Record<string, string> = {
  create: "+",
  update: "~",
  replace: "+-",
  "create-replacement": "++",
  delete: "-",
  "delete-replaced": "--",
  read: ">",
};

/** What an event of the engine tells of a resource; nothing, where it leaves it as it is. */
export function lineOf({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }: EngineEvent): string {
  if (resourcePreEvent) return describe(resourcePreEvent.metadata, "…");
  if (resOutputsEvent) return describe(resOutputsEvent.metadata, "done");
  return resOpFailedEvent ? describe(resOpFailedEvent.metadata, "failed") : "";
}

function describe({ op, urn }: { op: string; urn: string }, state: string): string {
  const sign = signs[op];
  return sign === undefined ? "" : `${sign} ${nameOf(urn)}${state}`;
}

/** The type and the name of a resource, of the chain that its URN is. */
export function nameOf(urn: string | undefined): string {
  if (urn === undefined || urn === "") return "";
  const [types = "", name = ""] = urn.split("::").slice(-2);
  return `${types.split("$").at(-1) ?? types} ${name} `;
}
