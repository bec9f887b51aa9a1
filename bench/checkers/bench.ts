import { repository } from "../../shell/paths.js";
import { judge, table } from "../figures.js";
import { checkov, checkovControlPlane, checkovPlan } from "./checkov.js";
import type { Finding, Report } from "./finding.js";
import { kubeScore } from "./kube-score.js";
import { kubernetesValidate } from "./kubernetes-validate.js";
import { cloudPlans, controlPlaneManifest, stackManifests } from "./manifests.js";
import { shellcheck } from "./shellcheck.js";
import { readSkips, skipOf } from "./skips.js";
import { installCheckers } from "./tools.js";

type Checker = (manifest: string, file: string) => Promise<Report>;

const workloadCheckers: Record<string, Checker> = {
  "kube-score": kubeScore,
  "kubernetes-validate": kubernetesValidate,
  checkov,
};

/** Holds every checker against every manifest; what one finds has to be skipped with a reason. */
export async function run(): Promise<boolean> {
  await installCheckers();
  const runs: { name: string; checker: Checker; manifest: string; file: string }[] = [];
  for (const [manifest, file] of Object.entries(await stackManifests())) {
    for (const [name, checker] of Object.entries(workloadCheckers))
      runs.push({ name, checker, manifest, file });
  }
  const file = await controlPlaneManifest();
  runs.push({ name: "checkov", checker: checkovControlPlane, manifest: "control-plane", file });
  const plans = await cloudPlans();
  for (const { manifest, file } of plans)
    runs.push({ name: "checkov", checker: checkovPlan, manifest, file });

  runs.push({ name: "shellcheck", checker: shellcheck, manifest: "scripts", file: repository });

  const skips = readSkips();
  const rows: (string | number)[][] = [];
  const unmapped = plans.flatMap((plan) =>
    plan.unmapped.map((type) => `checkov ${plan.manifest}: ${type} is not in terraform-types.ts`),
  );
  const unexplained: string[] = [];
  const idle: string[] = [];
  const cloudChecks: number[] = [];
  const all: Finding[] = [];
  for (const { name, checker, manifest, file } of runs) {
    const { objects, checks, findings } = await checker(manifest, file);
    const open = findings.filter((finding) => skipOf(finding, skips) === undefined);
    const count = (severity: Finding["severity"]) => open.filter((one) => one.severity === severity).length;
    rows.push([
      name,
      manifest,
      objects,
      checks,
      findings.length - open.length,
      count("critical"),
      count("warning"),
    ]);
    unexplained.push(...open.map((one) => `${name} ${manifest} ${one.check} ${one.object}: ${one.message}`));
    if (plans.some((plan) => plan.file === file)) cloudChecks.push(checks);
    if (checks === 0) idle.push(`${name} ${manifest}: no check was run`);
    all.push(...findings);
  }
  for (const skip of skips) {
    if (all.some((finding) => skipOf(finding, [skip]) !== undefined)) continue;
    idle.push(`the skip of ${skip.checker} ${skip.check} skips nothing: remove it`);
  }

  table(["checker", "manifests", "objects", "checks", "skipped", "critical", "warning"], rows);
  const checks = rows.reduce((sum, row) => sum + Number(row[3]), 0);
  process.stdout.write(`${checks} checks, ${skips.length} skips with a reason\n`);
  process.stdout.write([...unexplained, ...unmapped, ...idle].map((problem) => `  ${problem}\n`).join(""));
  const fewest = cloudChecks.length === 0 ? 0 : Math.min(...cloudChecks);
  return judge([
    { what: "checks of a stack's cloud resources", got: fewest, atLeast: 70 },
    { what: "findings without a reason", got: unexplained.length, atMost: 0 },
    { what: "types of resources without a name in Terraform", got: unmapped.length, atMost: 0 },
    { what: "runs without a check, and skips of nothing", got: idle.length, atMost: 0 },
  ]);
}
