import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { awsManagedPolicy } from "./account.js";
import { type Statement, type Trust, policyDocument } from "./policy.js";

export interface IdentityArgs {
  /** Physical name of the role, which other policies name. */
  roleName: string;

  description: string;

  /** Who acts in it. */
  trust: readonly Trust[];

  /**
   * Names of policies that AWS maintains.
   *
   * @default none
   */
  awsPolicies?: readonly string[];

  /**
   * What it may do besides, by the name of the policy: a policy has a length that it cannot exceed.
   *
   * @default nothing
   */
  policies?: Readonly<Record<string, readonly Statement[]>>;
}

/** A role with all its rights. Whoever depends on it waits for the rights too, and goes before they do. */
export class Identity extends pulumi.ComponentResource {
  readonly role: Role;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:Identity", name, {}, opts);

    const { roleName, description, trust, awsPolicies = [], policies = {} } = args;
    const parent = this;

    this.role = createRole();
    const roleNameOutput = this.role.name;
    for (const policy of awsPolicies) createAttachment(policy);
    for (const [policyName, statements] of Object.entries(policies)) createPolicy(policyName, statements);

    this.arn = this.role.arn;
    this.registerOutputs({ arn: this.arn });

    function createRole() {
      return new Role(
        name,
        { name: roleName, description, assumeRolePolicy: policyDocument(trust) },
        { parent },
      );
    }

    function createAttachment(policy: string) {
      return new RolePolicyAttachment(
        `${name}-${policy}`,
        { role: roleNameOutput, policyArn: awsManagedPolicy(policy) },
        { parent },
      );
    }

    function createPolicy(policyName: string, statements: readonly Statement[]) {
      return new RolePolicy(
        `${name}-${policyName}`,
        { name: policyName, role: roleNameOutput, policy: policyDocument(statements) },
        { parent },
      );
    }
  }
}
