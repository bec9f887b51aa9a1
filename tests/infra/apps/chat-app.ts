import { Chat, type ChatArgs } from "../../../infra/apps/chat.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { imageNames } from "../../../infra/platform.js";
import { only, record, type Registered } from "../../support/program.js";

const images = Object.fromEntries(imageNames.map((name) => [name, `slipway.local/${name}:v1.0.0-0000000`]));

/** Every resource of one chat, without the cluster that it is on. */
export async function chat(change: Partial<ChatArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    new Chat("chat", { cluster, ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

export const deploymentOf = (resources: Registered[], component: string) =>
  only(resources, "kubernetes:apps/v1:Deployment", `chat-${component}`).inputs;
export const podOf = (resources: Registered[], component: string) =>
  deploymentOf(resources, component).spec.template.spec;
export const configOf = (resources: Registered[]) =>
  only(resources, "kubernetes:core/v1:ConfigMap", "chat-server-config").inputs.data;
