import { execa } from "execa";
import { readFile, writeFile } from "node:fs/promises";
import { parseAllDocuments, stringify } from "yaml";
import type { Report } from "./finding.js";
import { kubernetesVersion } from "./kubernetes-version.js";
import { tools } from "./tools.js";

/**
 * Every object against its schema; a property that the schema does not know is a fault. The schemas are Kubernetes' own:
 * what the clouds have added is held against its definition by the API servers of the rehearsal.
 */
export async function kubernetesValidate(manifest: string, file: string): Promise<Report> {
  const args = ["--strict", "--kubernetes-version", kubernetesVersion, await builtInOf(file)];
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

async function builtInOf(file: string): Promise<string> {
  const objects = parseAllDocuments(await readFile(file, "utf8")).map(
    (document) => document.toJS() as { apiVersion: string },
  );
  const builtIn = objects.filter(({ apiVersion }) => /^([a-z0-9]+\/)?v\d|\.k8s\.io\//.test(apiVersion));
  const beside = file.replace(/\.yaml$/, ".built-in.yaml");
  await writeFile(beside, builtIn.map((object) => stringify(object)).join("---\n"));
  return beside;
}
