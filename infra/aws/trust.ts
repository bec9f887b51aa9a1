import type * as pulumi from "@pulumi/pulumi";
import { type Account, iamArnOf } from "./account.js";
import type { Trust } from "./policy.js";

/** Issuer of the tokens by which GitHub's workflows sign in. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** A service of AWS acts in that role. */
export function serviceTrust(service: string, actions: readonly string[] = ["sts:AssumeRole"]): Trust {
  return { Sid: "Service", Principal: { Service: service }, Action: actions };
}

/** The pods of one service account of one cluster act in that role, by EKS Pod Identity, and no others. */
export function podTrust(account: Account, namespace: string, serviceAccount: string): Trust {
  return {
    Sid: "Pods",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": account.prefix,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
    },
  };
}

/**
 * The workflows of one repository act in that role, but only in jobs of that environment: who may start those is
 * decided by the environment's own rules, while anybody can open a pull request. AWS knows the subject alone, so the
 * repository is spelt as there: https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function gitHubTrust(account: Account, repository: string, environment: string): Trust {
  return {
    Sid: "GitHub",
    Principal: { Federated: iamArnOf(account, `oidc-provider/${GITHUB_ISSUER}`) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: "sts.amazonaws.com",
        [`${GITHUB_ISSUER}:sub`]: `repo:${repository}:environment:${environment}`,
      },
    },
  };
}

/** Those identities may take on that role. */
export function identityTrust(arns: readonly pulumi.Input<string>[]): Trust {
  return { Sid: "Identities", Principal: { AWS: arns }, Action: "sts:AssumeRole" };
}
