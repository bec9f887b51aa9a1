import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import * as pulumi from "@pulumi/pulumi";
import { serviceAccountId } from "./service-account-id.js";

export interface NodeIdentityArgs {
  project: pulumi.Input<string>;
}

/** Who the nodes are: they write logs and metrics. Pods are somebody else, by Workload Identity. */
export class NodeIdentity extends pulumi.ComponentResource {
  /** Known when it may do what a node does. */
  readonly email: pulumi.Output<string>;

  /** As a member of IAM policies. */
  readonly member: pulumi.Output<string>;

  /** Resource name, for policies about the account itself. */
  readonly serviceAccountId: pulumi.Output<string>;

  constructor(name: string, args: NodeIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:NodeIdentity", name, {}, opts);

    const { project } = args;
    const parent = this;

    const account = createAccount();
    const grant = createGrant();

    this.email = pulumi.all([account.email, grant.role]).apply(([email]) => email);
    this.member = account.member;
    this.serviceAccountId = account.name;
    this.registerOutputs({ email: this.email });

    function createAccount() {
      return new Account(
        name,
        {
          project,
          accountId: serviceAccountId("gke-nodes"),
          displayName: "Nodes of the GKE cluster",
        },
        { parent },
      );
    }

    function createGrant() {
      return new IAMMember(
        name,
        { project, role: "roles/container.defaultNodeServiceAccount", member: account.member },
        { parent },
      );
    }
  }
}
