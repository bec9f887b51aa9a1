import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import * as pulumi from "@pulumi/pulumi";
import { type Account, iamArnOf } from "./account.js";
import { type Trust, policyDocument } from "./policy.js";

export interface EncryptionKeyArgs {
  account: Account;

  /** What it encrypts, such as "logs". */
  purpose: string;

  /**
   * Who may use it, besides those whom the account's own policies allow it.
   *
   * @default nobody
   */
  users?: readonly Omit<Trust, "Resource">[];

  /** Whether a deletion can be taken back for as long as AWS allows. */
  protection: boolean;
}

/** A key that is renewed every year. What it has encrypted is lost with it, so it is deleted after days only. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:EncryptionKey", name, {}, opts);

    const { account, purpose, users = [], protection } = args;
    const parent = this;

    const key = createKey();
    createAlias();

    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });

    function createKey() {
      // Without this statement nobody, and no other policy of the account, could ever change the key again.
      const owner = { Sid: "Owner", Principal: { AWS: iamArnOf(account, "root") }, Action: "kms:*" };
      return new Key(
        name,
        {
          description: `${account.prefix}: ${purpose}`,
          enableKeyRotation: true,
          deletionWindowInDays: protection ? 30 : 7,
          policy: policyDocument([owner, ...users].map((user) => ({ ...user, Resource: "*" }))),
        },
        { parent, protect: protection },
      );
    }

    function createAlias() {
      return new Alias(
        name,
        { name: `alias/${account.prefix}-${purpose}`, targetKeyId: key.keyId },
        { parent },
      );
    }
  }
}
