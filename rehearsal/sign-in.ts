import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterAccess } from "./cluster/access.js";

/** Folder of the programs that the engine finds first. */
export const programsOf = (folder: string) => join(folder, "programs");

/**
 * Puts programs of the clouds' names where the engine looks for them first. A kubeconfig of the program signs in by
 * them; they answer with a token of the rehearsal's own clusters, and only to what the real ones would answer to.
 */
export async function installSignIns(folder: string, clusters: readonly ClusterAccess[]): Promise<void> {
  const programs = programsOf(folder);
  await mkdir(programs, { recursive: true, mode: 0o700 });
  const tokenFile = async (name: string) => {
    const file = join(folder, `${name}.token`);
    const token = clusters.find((cluster) => cluster.name === name)?.token ?? "";
    await writeFile(file, credential(token), { mode: 0o600 });
    return file;
  };
  const write = (name: string, script: string) => writeFile(join(programs, name), script, { mode: 0o700 });
  await write("gke-gcloud-auth-plugin", script(`exec cat '${await tokenFile("gke")}'`));
  await write(
    "aws",
    script(
      `case " $* " in`,
      `  " eks get-token --cluster-name "*) exec cat '${await tokenFile("eks")}' ;;`,
      `esac`,
      `echo "aws: expected eks get-token --cluster-name NAME, got $*" >&2`,
      `exit 252`,
    ),
  );
}

/**
 * Puts a language host there, for those commands of the engine that take no program: it leads to the one that runs.
 *
 * @param port of the program
 */
export async function installLanguageHost(folder: string, port: string): Promise<void> {
  const file = join(programsOf(folder), "pulumi-language-nodejs");
  await writeFile(file, script(`echo ${port}`, "exec sleep 600"), { mode: 0o700 });
}

const script = (...lines: string[]) => `#!/bin/sh\n${lines.join("\n")}\n`;

const credential = (token: string) =>
  JSON.stringify({
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { token },
  });
