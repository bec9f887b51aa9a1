import { Prisma, type PrismaArgs } from "../../../infra/apps/prisma.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { imageNames } from "../../../infra/platform.js";
import { only, record, type Registered, reveal } from "../../support/program.js";

export const images = Object.fromEntries(
  imageNames.map((name) => [name, `slipway.local/${name}:v1.0.0-0000000`]),
);

/** Every resource of one service, without the cluster that it is on. */
export async function prisma(change: Partial<PrismaArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    new Prisma("prisma", { cluster, passwordVersion: 1, ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

export const deploymentOf = (resources: Registered[]) =>
  only(resources, "kubernetes:apps/v1:Deployment", "prisma-server").inputs;
export const podOf = (resources: Registered[]) => deploymentOf(resources).spec.template.spec;
export const jobOf = (resources: Registered[]) =>
  only(resources, "kubernetes:batch/v1:Job", "prisma-migrations");
export const documentOf = (resources: Registered[]): string =>
  reveal(only(resources, "kubernetes:core/v1:Secret", "prisma-config").inputs.stringData)["prisma.yml"];
