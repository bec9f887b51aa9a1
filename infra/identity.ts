import type * as pulumi from "@pulumi/pulumi";

/** Whom pods are, to the cluster and to its cloud. */
export interface Identity {
  /** That which they run as, in their namespace. */
  readonly serviceAccountName: pulumi.Input<string>;

  /** What the cloud's IAM calls them, where it has a name of its own for pods. */
  readonly principal?: pulumi.Output<string>;
}

export interface IdentityArgs {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;

  /** Of their service account. */
  name: string;
}

export interface CreateIdentityArgs extends IdentityArgs {
  /** Of the account. */
  labels: Readonly<Record<string, string>>;
}
