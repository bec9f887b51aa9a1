import * as pulumi from "@pulumi/pulumi";
import { httpContainer } from "../k8s/container.js";
import type { Tenant } from "../k8s/quota.js";
import type { Cluster, MongoDb, MongoDbArgs } from "../platform.js";
import { createDatabasePod } from "./database-pod.js";

export interface FerretDbArgs extends MongoDbArgs {
  cluster: Pick<Cluster, "createIdentity" | "image" | "imagePullPolicy" | "storageClassName">;

  /**
   * Size of its volume.
   *
   * @default "1Gi"
   */
  storage?: string;
}

const NAME = "mongodb";
const PORT = 27017;
const PROBES_PORT = 8080;
/** As in FerretDB's own program, toolchain/go/ferretdb. */
const DATA = "/data";

const probesPort = { name: "http", containerPort: PROBES_PORT, protocol: "TCP" };

/** What it adds to its namespace. */
export const FERRET_DB_TENANT: Tenant = {
  replicas: 1,
  surges: false,
  resources: { cpu: "400m", memory: "256Mi", ephemeralStorage: "16Mi" },
};

/**
 * The MongoDB protocol on a volume of this machine. It asks nobody for a password, which FerretDB's library cannot:
 * the pods that may connect are those that the NetworkPolicy names.
 */
export class FerretDb extends pulumi.ComponentResource implements MongoDb {
  readonly uri: pulumi.Output<string>;
  readonly calls: MongoDb["calls"];

  constructor(name: string, args: FerretDbArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:FerretDb", name, {}, opts);

    const { app, cluster, namespace, clients, uri, storage = "1Gi" } = args;
    if (uri) {
      throw new pulumi.InputPropertyError({
        propertyPath: "uri",
        reason: `expected none, since the local cluster runs a MongoDB for "${app}" itself, got one`,
      });
    }
    const parent = this;

    const pod = createDatabasePod(
      name,
      {
        ...{ app, component: NAME, cluster, namespace, clients, port: PORT, storage },
        container: createContainer(),
        terminationGracePeriodSeconds: 30,
      },
      parent,
    );

    this.uri = pulumi.secret(pulumi.interpolate`mongodb://${pod.host}:${PORT}/${app}`);
    this.calls = pod.calls;
    this.registerOutputs({ uri: this.uri });

    function createContainer() {
      const probed = httpContainer({
        name: NAME,
        image: cluster.image("ferretdb"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources: FERRET_DB_TENANT.resources,
        port: PROBES_PORT,
        volumeMounts: [{ name: "data", mountPath: DATA }],
      });
      return { ...probed, ports: [{ name: "mongodb", containerPort: PORT, protocol: "TCP" }, probesPort] };
    }
  }
}
