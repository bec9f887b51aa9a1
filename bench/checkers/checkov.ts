import { execa } from "execa";
import type { Report } from "./finding.js";
import { tools } from "./tools.js";

interface Result {
  check_id: string;
  check_name: string;
  resource: string;
}

interface Output {
  results: { passed_checks: Result[]; failed_checks: Result[]; parsing_errors: string[] };
  summary: { resource_count: number };
}

/** Rules about the flags of Kubernetes' own programs, which hold for nothing else. */
const controlPlaneChecks = { first: 68, last: 151 };

/** The workload rules of checkov's Kubernetes framework. */
export function checkov(manifest: string, file: string): Promise<Report> {
  return scan(manifest, file, (number) => !isAboutControlPlane(number));
}

/** The rules about cloud resources, held against the plan that Terraform would print for them. */
export function checkovPlan(manifest: string, file: string): Promise<Report> {
  return scan(
    manifest,
    file,
    () => true,
    (result) => result,
    "terraform_plan",
  );
}

/** The rules about the flags of the control plane and the kubelet, each counted once. */
export async function checkovControlPlane(manifest: string, file: string): Promise<Report> {
  // Each of these rules looks at one program's flags and lets every other program pass.
  return scan(manifest, file, isAboutControlPlane, ({ check_id }) => check_id);
}

const isAboutControlPlane = (number: number) =>
  number >= controlPlaneChecks.first && number <= controlPlaneChecks.last;

async function scan(
  manifest: string,
  file: string,
  wanted: (number: number) => boolean,
  countedBy: (result: Result) => unknown = (result) => result,
  framework = "kubernetes",
): Promise<Report> {
  const args = ["--framework", framework, "--skip-download", "--compact", "--output", "json"];
  const { stdout } = await execa(tools.checkov, ["--file", file, ...args], { reject: false });
  const { results, summary } = JSON.parse(stdout) as Output;
  const number = ({ check_id }: Result) => Number(/^CKV_K8S_(\d+)$/.exec(check_id)?.[1] ?? 0);
  const isWanted = (result: Result) => wanted(number(result));
  const failed = results.failed_checks.filter(isWanted);
  const passed = results.passed_checks.filter(isWanted);
  const finding = { checker: "checkov", manifest, severity: "critical" as const };
  return {
    objects: summary.resource_count,
    checks: new Set([...failed, ...passed].map(countedBy)).size,
    findings: [
      ...failed.map(({ check_id: check, check_name: message, resource: object }) => ({
        ...finding,
        check,
        object,
        message,
      })),
      ...results.parsing_errors.map((object) => ({ ...finding, check: "parsing", object, message: object })),
    ],
  };
}
