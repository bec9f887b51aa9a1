import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** Of the outputs, those that the next update has to know. */
const schema = z.object({
  /** By the app's name: see `StackOutputs`. */
  passwordVersions: z.record(z.string(), z.int()).default({}),
});

export type LastOutputs = z.infer<typeof schema>;

/** What the last update put out that came to its end; none of it before the first one. */
export async function readLastOutputs(): Promise<LastOutputs> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  // What a StackReference asks; as one it would be a resource, and known only when everything else is registered.
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    outputs: unknown;
  };
  return schema.parse(outputs);
}
