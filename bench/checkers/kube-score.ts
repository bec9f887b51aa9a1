import { execa } from "execa";
import { kubernetesVersion } from "./kubernetes-version.js";
import type { Report } from "./finding.js";
import { tools } from "./tools.js";

interface ScoredObject {
  object_name: string;
  checks: { check: { id: string }; grade: number; skipped: boolean; comments: Comment[] | null }[];
}

interface Comment {
  path: string;
  summary: string;
}

const allOk = 10;
const warning = 5;

/** Every check of kube-score, the optional ones included; what an annotation asks to ignore is not ignored. */
export async function kubeScore(manifest: string, file: string): Promise<Report> {
  const options = ["--output-format=json", `--kubernetes-version=v${kubernetesVersion}`];
  const everything = ["--all-default-optional", "--disable-ignore-checks-annotations"];
  // Exit code 1 says that there is something critical, which the findings say too.
  const { stdout } = await execa(tools.kubeScore, ["score", ...options, ...everything, file], {
    reject: false,
  });
  const objects = JSON.parse(stdout) as ScoredObject[];
  const done = objects.flatMap(({ object_name: object, checks }) =>
    checks.filter(({ skipped }) => !skipped).map((check) => ({ object, ...check })),
  );
  const findings = done
    .filter(({ grade }) => grade < allOk)
    .map(({ object, check, grade, comments }) => ({
      checker: "kube-score",
      manifest,
      check: check.id,
      object,
      severity: grade < warning ? ("critical" as const) : ("warning" as const),
      message: (comments ?? []).map(({ path, summary }) => `${path} ${summary}`).join("; "),
    }));
  return { objects: objects.length, checks: done.length, findings };
}
