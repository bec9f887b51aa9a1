import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";

type Values = pulumi.Input<string> | readonly pulumi.Input<string>[];

/** One statement of an IAM policy. Nothing is ever allowed by leaving something out, so all of it is required. */
export interface Statement {
  readonly Sid: string;
  readonly Action: Values;
  readonly Resource: Values;
  readonly Condition?: Conditions;
}

/** One statement of a policy that says who may use what it is attached to: a role, or a key. */
export interface Trust {
  readonly Sid: string;
  readonly Principal: { readonly [kind in "Service" | "AWS" | "Federated"]?: Values };
  readonly Action: Values;
  readonly Resource?: Values;
  readonly Condition?: Conditions;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;

/** The text of a policy that allows what its statements say, and nothing else. */
export function policyDocument(statements: readonly (Statement | Trust)[]): pulumi.Output<string> {
  const allowed = statements.map(({ Sid, ...rest }) => ({ Sid, Effect: "Allow", ...rest }));
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: allowed });
}

/** Only what this stack has made. */
export function taggedAsOurs({ tags }: Account): Conditions {
  return {
    StringEquals: { "aws:ResourceTag/Project": tags.Project, "aws:ResourceTag/Stack": tags.Stack },
  };
}
