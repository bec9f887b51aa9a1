import assert from "node:assert/strict";
import { EncryptionKey } from "../../../infra/aws/encryption-key.js";
import { FlowLogs } from "../../../infra/aws/flow-logs.js";
import { only } from "../../support/program.js";
import { recordAws, statementsOf } from "./harness.js";

describe("infra/aws/flow-logs", () => {
  const recordFlowLogs = () =>
    recordAws((account) => {
      const key = new EncryptionKey("logs", { account, purpose: "logs", protection: false });
      return new FlowLogs("flow-logs", { account, vpcId: "vpc-1", key });
    });

  it("tells every connection, accepted or refused, within a minute", async () => {
    const { inputs } = only(await recordFlowLogs(), "aws:ec2/flowLog:FlowLog", "flow-logs");
    assert.deepEqual(inputs, {
      vpcId: "vpc-1",
      trafficType: "ALL",
      maxAggregationInterval: 60,
      logDestination: "arn:aws:logs:us-west-2:123456789012:log-group:/aws/vpc/slipway-test",
      iamRoleArn: "arn:aws:iam::123456789012:role/slipway-test-flow-logs",
      tags: { Name: "slipway-test" },
    });
  });

  it("keeps them for a year in a log group of their own, encrypted", async () => {
    const { inputs } = only(await recordFlowLogs(), "aws:cloudwatch/logGroup:LogGroup", "flow-logs");
    assert.deepEqual(inputs, {
      name: "/aws/vpc/slipway-test",
      retentionInDays: 365,
      kmsKeyId: "arn:aws:kms:us-west-2:123456789012:key/logs",
    });
  });

  it("writes to that log group only, in the name of this account's flow logs only", async () => {
    const resources = await recordFlowLogs();
    const role = only(resources, "aws:iam/role:Role", "flow-logs-writer").inputs;
    assert.deepEqual(statementsOf(role.assumeRolePolicy), {
      Service: {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    });
    const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", "flow-logs-writer-write").inputs.policy;
    assert.deepEqual(statementsOf(policy), {
      WriteStreams: {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: "arn:aws:logs:us-west-2:123456789012:log-group:/aws/vpc/slipway-test:*",
      },
    });
  });

  it("begins when its role has its rights", async () => {
    const resources = await recordFlowLogs();
    const { urn } = only(resources, "aws:iam/rolePolicy:RolePolicy", "flow-logs-writer-write");
    assert.ok(only(resources, "aws:ec2/flowLog:FlowLog", "flow-logs").dependencies.includes(urn));
  });
});
