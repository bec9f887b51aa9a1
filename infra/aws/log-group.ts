import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type * as pulumi from "@pulumi/pulumi";
import { type Account, arnOf } from "./account.js";
import type { EncryptionKey } from "./encryption-key.js";
import type { Trust } from "./policy.js";

/** A year: what happened last time must still be there when it happens again. */
const RETENTION_DAYS = 365;

/** A log group that is encrypted, and ends. */
export function createLogGroup(
  name: string,
  args: { logGroupName: string; key: EncryptionKey },
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): LogGroup {
  const { logGroupName, key } = args;
  return new LogGroup(name, { name: logGroupName, retentionInDays: RETENTION_DAYS, kmsKeyId: key.arn }, opts);
}

/** CloudWatch encrypts and reads the account's own log groups with a key, and nothing else. */
export function logsUser(account: Account): Omit<Trust, "Resource"> {
  return {
    Sid: "Logs",
    Principal: { Service: `logs.${account.region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": arnOf(account, "logs", "log-group:*") },
    },
  };
}
