export interface KubeconfigArgs {
  clusterName: string;
  region: string;

  /** The API server's URL. */
  endpoint: string;

  /** In base64, as EKS tells it. */
  certificateAuthority: string;

  /**
   * Role to sign in as.
   *
   * @default whoever is signed in to AWS
   */
  roleArn?: string;
}

/**
 * A kubeconfig that signs in through the AWS CLI. It says by itself which cluster, in which region, as which role: a
 * shell's own profile or default region would answer for another one.
 */
export function kubeconfigFor(args: KubeconfigArgs): string {
  const { clusterName: name, region, endpoint, certificateAuthority, roleArn } = args;
  const role = roleArn === undefined ? [] : ["--role-arn", roleArn];
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json", ...role],
    interactiveMode: "Never",
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
