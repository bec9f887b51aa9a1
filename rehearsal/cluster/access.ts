import { KubeConfig } from "@kubernetes/client-node";
import { request } from "node:https";

/** How to reach the API server of one cluster; there is nothing else on its machine. */
export interface ClusterAccess {
  readonly name: string;

  /** Such as "127.0.0.1:34567". */
  readonly address: string;

  /** PEM of the authority that signed its certificate. */
  readonly authority: string;

  /** Of an administrator. */
  readonly token: string;
}

/** The kubeconfig of the rehearsal's own programs; the program that is rehearsed makes one of its own. */
export function kubeconfigOf({ name, address, authority, token }: ClusterAccess): KubeConfig {
  const config = new KubeConfig();
  const caData = Buffer.from(authority).toString("base64");
  config.loadFromOptions({
    clusters: [{ name, server: `https://${address}`, caData }],
    users: [{ name: "rehearsal", token }],
    contexts: [{ name, cluster: name, user: "rehearsal" }],
    currentContext: name,
  });
  return config;
}

/** What the API server answers under a path, for what no typed client covers. */
export function get({ address, authority, token }: ClusterAccess, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const asked = request(
      `https://${address}${path}`,
      { ca: authority, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${path}: ${response.statusCode ?? 0} ${text}`));
        });
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
