import * as pulumi from "@pulumi/pulumi";

/** Where a stack lives. Each stack has an account of its own: some of its names can exist only once in one. */
export interface Account {
  readonly accountId: string;
  readonly region: string;

  /** Begins every physical name, such as "slipway-dev". */
  readonly prefix: string;

  /** On everything, so that a bill can be divided and a right be limited by it. */
  readonly tags: Readonly<Record<"Project" | "Stack" | "ManagedBy", string>>;
}

/** The account of the stack that runs. */
export function accountOf(accountId: string, region: string): Account {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const tags = { Project: project, Stack: stack, ManagedBy: "pulumi" };
  return { accountId, region, prefix: `${project}-${stack}`, tags };
}

/** Name of a resource of that account, as policies write it. */
export function arnOf({ accountId, region }: Account, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

/** Identities belong to no region. */
export function iamArnOf({ accountId }: Account, resource: string): string {
  return `arn:aws:iam::${accountId}:${resource}`;
}

/** Names a policy that AWS maintains. */
export function awsManagedPolicy(name: string): string {
  return `arn:aws:iam::aws:policy/${name}`;
}
