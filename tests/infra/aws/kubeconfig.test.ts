import assert from "node:assert/strict";
import { kubeconfigFor } from "../../../infra/aws/kubeconfig.js";

const args = {
  clusterName: "slipway-dev",
  region: "us-west-2",
  endpoint: "https://0123.eks.amazonaws.com",
  certificateAuthority: "Q0E=",
};

describe("infra/aws/kubeconfig", () => {
  it("names the cluster, its address and its authority, under a name that no other stack's has", () => {
    const { users, ...rest } = JSON.parse(kubeconfigFor(args));
    assert.equal(users.length, 1);
    assert.deepEqual(rest, {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "slipway-dev",
          cluster: { server: "https://0123.eks.amazonaws.com", "certificate-authority-data": "Q0E=" },
        },
      ],
      contexts: [{ name: "slipway-dev", context: { cluster: "slipway-dev", user: "slipway-dev" } }],
      "current-context": "slipway-dev",
    });
  });

  it("signs in by the AWS CLI, and leaves neither the cluster nor the region to the shell's own settings", () => {
    const [user] = JSON.parse(kubeconfigFor(args)).users;
    assert.deepEqual(user, {
      name: "slipway-dev",
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "aws",
          args: [
            "eks",
            "get-token",
            "--cluster-name",
            "slipway-dev",
            "--region",
            "us-west-2",
            "--output",
            "json",
          ],
          interactiveMode: "Never",
        },
      },
    });
  });

  it("says the role when there is one", () => {
    const roleArn = "arn:aws:iam::123456789012:role/operator";
    const [{ user }] = JSON.parse(kubeconfigFor({ ...args, roleArn })).users;
    assert.deepEqual(user.exec.args.slice(-2), ["--role-arn", roleArn]);
  });
});
