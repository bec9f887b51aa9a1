import { execa } from "execa";
import type { Report } from "./finding.js";
import { kubernetesVersion } from "./kubernetes-version.js";
import { tools } from "./tools.js";

/** Every object against its schema; a property that the schema does not know is a fault. */
export async function kubernetesValidate(manifest: string, file: string): Promise<Report> {
  const args = ["--strict", "--kubernetes-version", kubernetesVersion, file];
  const { all } = await execa(tools.kubernetesValidate, args, { all: true, reject: false });
  const lines = all.split("\n").filter((line) => line !== "");
  const passed = lines.filter((line) => /^INFO .* passed for resource /.test(line));
  const findings = lines
    .filter((line) => !passed.includes(line))
    .map((line) => ({
      checker: "kubernetes-validate",
      manifest,
      check: "schema",
      object: / for resource (\S+)/.exec(line)?.[1] ?? "",
      severity: "critical" as const,
      message: line,
    }));
  return { objects: passed.length, checks: passed.length, findings };
}
