import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { type Account, accountOf } from "../../../infra/aws/account.js";
import { EksCluster, type EksClusterArgs } from "../../../infra/aws/eks-cluster.js";
import { EncryptionKey } from "../../../infra/aws/encryption-key.js";
import { Vpc, type VpcArgs } from "../../../infra/aws/vpc.js";
import { ACCOUNT_ID, REGION } from "../../support/clouds.js";
import { type RecordOptions, type Registered, record } from "../../support/program.js";

/** Runs a program in the account that the mocks are. */
export function recordAws(
  program: (account: Account) => unknown,
  options: RecordOptions = {},
): Promise<Registered[]> {
  return record(() => program(accountOf(ACCOUNT_ID, REGION)), options);
}

/** What a test changes in a cluster and its network. */
export interface Changes {
  readonly cluster?: Partial<EksClusterArgs>;
  readonly vpc?: Partial<VpcArgs>;
  readonly opts?: pulumi.ComponentResourceOptions;
}

/** A cluster "eks" in a network "vpc", with everything by default but flow logs. */
export function makeCluster(account: Account, { cluster, vpc, opts }: Changes = {}) {
  const logsKey = new EncryptionKey("logs", { account, purpose: "logs", protection: false });
  const network = new Vpc("vpc", { account, logsKey, flowLogs: false, ...vpc });
  const args = { account, vpc: network, logsKey, protection: false, ...cluster };
  return { vpc: network, eksCluster: new EksCluster("eks", args, opts) };
}

/** The statements of a policy's text, by their name. */
export function statementsOf(text: string): Record<string, any> {
  const { Version, Statement } = JSON.parse(text);
  assert.equal(Version, "2012-10-17");
  return Object.fromEntries(Statement.map(({ Sid, ...rest }: any) => [Sid, rest]));
}

/** Every resource as "Kind name", in order: what a component is made of. */
export function namesOf(resources: readonly Registered[]): string[] {
  return resources.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort();
}

/** Every resource of that type. */
export function ofType(resources: readonly Registered[], type: string): Registered[] {
  return resources.filter((resource) => resource.type === type);
}

/** Asserts that it throws an error about that argument, with that reason. */
export function refuses(action: () => unknown, propertyPath: string, reason: string): void {
  assert.throws(action, (error) => {
    assert.ok(pulumi.InputPropertyError.isInstance(error));
    assert.deepEqual([error.propertyPath, error.reason], [propertyPath, reason]);
    return true;
  });
}
