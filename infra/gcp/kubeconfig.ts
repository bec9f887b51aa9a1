import { stringify } from "yaml";

export interface KubeconfigArgs {
  project: string;
  location: string;

  /** Name of the cluster in Google Cloud. */
  name: string;

  /** Address of the control plane, without "https://". */
  endpoint: string;

  /** @default none: a DNS endpoint has a certificate that everybody trusts */
  certificateAuthority?: string;
}

/**
 * A kubeconfig without a secret in it: whoever uses it signs in as whom `gcloud` knows, by Google's plugin. The project
 * is said, so that the machine's default project does not matter.
 */
export function kubeconfig(args: KubeconfigArgs): string {
  const { project, location, name, endpoint, certificateAuthority } = args;
  const context = `gke_${project}_${location}_${name}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: context,
        cluster: {
          server: `https://${endpoint}`,
          ...(certificateAuthority !== undefined && { "certificate-authority-data": certificateAuthority }),
        },
      },
    ],
    users: [
      {
        name: context,
        user: {
          exec: {
            // The version that the plugin answers in.
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            args: [`--project=${project}`],
            installHint: 'run "gcloud components install gke-gcloud-auth-plugin", then "gcloud auth login"',
            provideClusterInfo: true,
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  });
}
