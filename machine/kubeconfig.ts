import { join } from "node:path";

/** A kubeconfig whose paths and address hold where it will be read. */
export function kubeconfig(options: { user: string; server: string; folder: string }): string {
  const { user, server, folder } = options;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "slipway", cluster: { server, "certificate-authority": join(folder, "ca.crt") } }],
    users: [
      {
        name: user,
        user: {
          "client-certificate": join(folder, `${user}.crt`),
          "client-key": join(folder, `${user}.key`),
        },
      },
    ],
    contexts: [{ name: "slipway", context: { cluster: "slipway", user } }],
    "current-context": "slipway",
  });
}
