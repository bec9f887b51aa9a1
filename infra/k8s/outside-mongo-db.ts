import * as pulumi from "@pulumi/pulumi";
import type { Allowed } from "./network-policy.js";

/** Ports on which MongoDB answers, a sharded Atlas cluster's among them. */
export const MONGO_DB_PORTS = [27015, 27016, 27017];

/** A MongoDB outside of the cluster, known by its address alone. */
export function outsideMongoDb(name: string, uri: pulumi.Output<string> | undefined) {
  if (!uri) {
    throw new pulumi.InputPropertyError({
      propertyPath: "uri",
      reason: `expected the address of a MongoDB for "${name}", got none; run "pulumi config set --secret ${name}MongoUri"`,
    });
  }
  // Where it is only its URI knows, which is a secret, and which the configuration lets only be one with TLS.
  const anywhere = [{ ipBlock: { cidr: "0.0.0.0/0" } }];
  const calls: readonly Allowed[] = MONGO_DB_PORTS.map((port) => ({ peers: anywhere, port }));
  return { uri: pulumi.secret(uri), calls };
}
