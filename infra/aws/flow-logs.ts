import { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
import * as pulumi from "@pulumi/pulumi";
import { type Account, arnOf } from "./account.js";
import type { EncryptionKey } from "./encryption-key.js";
import { Identity } from "./identity.js";
import { createLogGroup } from "./log-group.js";
import { serviceTrust } from "./trust.js";

export interface FlowLogsArgs {
  account: Account;
  vpcId: pulumi.Input<string>;

  /** Encrypts the log. */
  key: EncryptionKey;
}

/** Who talked to whom in a network, and what was refused: without it nobody can say so afterwards. */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:FlowLogs", name, {}, opts);

    const { account, vpcId, key } = args;
    const parent = this;
    const logGroupName = `/aws/vpc/${account.prefix}`;

    const logGroup = createLogGroup(name, { logGroupName, key }, { parent });
    const writer = createWriter();
    createFlowLog();

    this.registerOutputs({});

    function createWriter() {
      return new Identity(
        `${name}-writer`,
        {
          roleName: `${account.prefix}-flow-logs`,
          description: "Writes the flow logs of the VPC",
          trust: [
            {
              ...serviceTrust("vpc-flow-logs.amazonaws.com"),
              // So that nobody else's flow log can be made to write here.
              Condition: { StringEquals: { "aws:SourceAccount": account.accountId } },
            },
          ],
          policies: {
            write: [
              {
                Sid: "WriteStreams",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                Resource: arnOf(account, "logs", `log-group:${logGroupName}:*`),
              },
            ],
          },
        },
        { parent },
      );
    }

    function createFlowLog() {
      return new FlowLog(
        name,
        {
          vpcId,
          trafficType: "ALL",
          logDestination: logGroup.arn,
          iamRoleArn: writer.arn,
          maxAggregationInterval: 60,
          tags: { Name: account.prefix },
        },
        { parent, dependsOn: [writer] },
      );
    }
  }
}
