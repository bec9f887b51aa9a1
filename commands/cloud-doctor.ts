import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Blocks, cloudStackFile } from "../engine/stack-file.js";
import { repository } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { isAtLeast } from "../toolchain/debian.js";
import { type Finding, check } from "./finding.js";

/** A program that a stack needs on the machine that deploys it. */
interface Program {
  name: string;
  /** What makes it tell its version. */
  args: readonly string[];
  /** Oldest version that will do; any, if there is none. */
  oldest?: string;
  repair: string;
}

/** Something that a cloud gives to whom it knows. */
interface SignIn {
  title: string;
  command: readonly [string, ...string[]];
  repair: string;
}

interface Needs {
  programs: readonly Program[];
  signIns: readonly SignIn[];
}

const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  dependencies: Record<"@pulumi/pulumi", string>;
};
const sdk = dependencies["@pulumi/pulumi"];

const always: Needs = {
  signIns: [],
  programs: [
    {
      name: "pulumi",
      args: ["version"],
      oldest: sdk,
      repair: `install Pulumi ${sdk} or newer: https://www.pulumi.com/docs/install/`,
    },
  ],
};

/** What each block of a stack file needs besides. */
const clouds: Readonly<Record<string, Needs>> = {
  "slipway:gcp": {
    programs: [
      {
        name: "gcloud",
        args: ["--version"],
        repair: "install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install",
      },
      // The kubeconfig signs in to GKE by it.
      {
        name: "gke-gcloud-auth-plugin",
        args: ["--version"],
        repair: "gcloud components install gke-gcloud-auth-plugin",
      },
    ],
    signIns: [
      {
        title: "Google Cloud, the program",
        command: ["gcloud", "auth", "application-default", "print-access-token"],
        repair: "gcloud auth application-default login",
      },
      {
        title: "Google Cloud, the kubeconfig",
        command: ["gcloud", "auth", "print-access-token"],
        repair: "gcloud auth login",
      },
    ],
  },
  "slipway:aws": {
    // The kubeconfig signs in to EKS by it.
    programs: [
      {
        name: "aws",
        args: ["--version"],
        oldest: "2.0.0",
        repair:
          "install the AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
      },
    ],
    signIns: [
      {
        title: "AWS",
        command: ["aws", "sts", "get-caller-identity"],
        repair: "aws sso login, with AWS_PROFILE set to the profile; without one: aws configure sso",
      },
    ],
  },
};

/**
 * What `pulumi up` on a stack in the clouds needs of this machine: programs, and being known to the clouds, which it asks.
 * Not the backend of the state, nor its key.
 *
 * @throws UserError where there is no such stack file.
 */
export async function diagnoseStack(stack: string): Promise<Finding[]> {
  return await diagnoseBlocks(cloudStackFile(stack).blocks);
}

/** The same, of the blocks of a stack file. */
export async function diagnoseBlocks(blocks: Blocks): Promise<Finding[]> {
  const used = Object.entries(clouds).filter(([block]) => block in blocks);
  const findings: Finding[] = [];
  for (const { programs, signIns } of [always, ...used.map(([, needs]) => needs)]) {
    for (const program of programs) findings.push(await checkProgram(program));
    for (const signIn of signIns) findings.push(await checkSignIn(signIn));
  }
  return findings;
}

/** What is on the person's own PATH counts; the engine of the local stack is not what deploys to the clouds. */
const runOwn = (program: string, args: readonly string[]) =>
  run(program, args, { env: { PATH: process.env.PATH }, timeout: 60_000 });

async function checkProgram({ name, args, oldest, repair }: Program): Promise<Finding> {
  const output = await runOwn(name, args).catch(() => undefined);
  if (output === undefined) return check(`${name}: not found, or it does not answer`, false, repair);
  const version = /\d+\.\d+\.\d+/.exec(output)?.[0];
  const fits = oldest === undefined || (version !== undefined && isAtLeast(version, oldest));
  const needed = fits ? "" : `, ${oldest} needed`;
  return check(`${name}: ${version ?? "of an unknown version"}${needed}`, fits, repair);
}

/** What is answered may be a token, and is looked at by nobody. */
async function checkSignIn({ title, command: [program, ...args], repair }: SignIn): Promise<Finding> {
  const known = await runOwn(program, args).then(
    () => true,
    () => false,
  );
  return check(`${title}: ${known ? "signed in" : "not signed in"}`, known, repair);
}
