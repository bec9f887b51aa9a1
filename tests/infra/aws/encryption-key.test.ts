import assert from "node:assert/strict";
import { EncryptionKey } from "../../../infra/aws/encryption-key.js";
import { logsUser } from "../../../infra/aws/log-group.js";
import { only } from "../../support/program.js";
import { namesOf, recordAws, statementsOf } from "./harness.js";

const KEY = "aws:kms/key:Key";

describe("infra/aws/encryption-key", () => {
  const recordKey = (protection: boolean) =>
    recordAws(
      (account) =>
        new EncryptionKey("logs", { account, purpose: "logs", users: [logsUser(account)], protection }),
    );

  it("is a key with a name that people know", async () => {
    const resources = await recordKey(false);
    assert.deepEqual(namesOf(resources), ["Alias logs", "EncryptionKey logs", "Key logs"]);
    assert.deepEqual(only(resources, "aws:kms/alias:Alias", "logs").inputs, {
      name: "alias/slipway-test-logs",
      targetKeyId: "logs-key",
    });
  });

  it("is renewed every year, and says what it is for", async () => {
    const { inputs } = only(await recordKey(false), KEY, "logs");
    assert.equal(inputs.enableKeyRotation, true);
    assert.equal(inputs.description, "slipway-test: logs");
  });

  it("belongs to the account, and is used by nobody but those who are named", async () => {
    const { inputs } = only(await recordKey(false), KEY, "logs");
    assert.deepEqual(statementsOf(inputs.policy), {
      Owner: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      },
      Logs: {
        Effect: "Allow",
        Principal: { Service: "logs.us-west-2.amazonaws.com" },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-west-2:123456789012:log-group:*",
          },
        },
      },
    });
  });

  it("refuses to be deleted under protection, and then leaves the longest time to change one's mind", async () => {
    const protectedKey = only(await recordKey(true), KEY, "logs");
    assert.deepEqual([protectedKey.protect, protectedKey.inputs.deletionWindowInDays], [true, 30]);
    const key = only(await recordKey(false), KEY, "logs");
    assert.deepEqual([key.protect, key.inputs.deletionWindowInDays], [false, 7]);
  });
});
