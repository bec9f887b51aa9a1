import assert from "node:assert/strict";
import { gitHubTrust, identityTrust, podTrust } from "../../../infra/aws/trust.js";
import { recordAws } from "./harness.js";

describe("infra/aws/trust", () => {
  it("lets in the pods of one service account of this stack's cluster", async () => {
    await recordAws((account) => {
      assert.deepEqual(podTrust(account, "kube-system", "aws-node"), {
        Sid: "Pods",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-name": "slipway-test",
            "aws:RequestTag/kubernetes-namespace": "kube-system",
            "aws:RequestTag/kubernetes-service-account": "aws-node",
          },
        },
      });
    });
  });

  it("lets in the jobs of one environment, and no pull request, branch or other repository", async () => {
    await recordAws((account) => {
      assert.deepEqual(gitHubTrust(account, "acme/platform", "prod"), {
        Sid: "GitHub",
        Principal: {
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/platform:environment:prod",
          },
        },
      });
    });
  });

  it("names a repository with its numbers where GitHub's tokens do, which is another subject", async () => {
    await recordAws((account) => {
      const { Condition } = gitHubTrust(account, "acme@1234/platform@5678", "prod");
      assert.deepEqual(Condition?.StringEquals, {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme@1234/platform@5678:environment:prod",
      });
    });
  });

  it("lets in the identities that are listed", () => {
    assert.deepEqual(identityTrust(["arn:aws:iam::123456789012:role/admin"]), {
      Sid: "Identities",
      Principal: { AWS: ["arn:aws:iam::123456789012:role/admin"] },
      Action: "sts:AssumeRole",
    });
  });
});
