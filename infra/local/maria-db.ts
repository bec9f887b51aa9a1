import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { container } from "../k8s/container.js";
import { literal } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import type { Tenant } from "../k8s/quota.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import type { Cluster, MySql, MySqlArgs } from "../platform.js";
import { createDatabasePod } from "./database-pod.js";

export interface MariaDbArgs extends MySqlArgs {
  cluster: Pick<Cluster, "image" | "imagePullPolicy" | "storageClassName">;

  /**
   * Size of its volume.
   *
   * @default "1Gi"
   */
  storage?: string;
}

const NAME = "mysql";
const PORT = 3306;
const DATA = "/data";
const RUN = "/run/mariadb";
const AUTH = "/etc/mariadb-auth";
const SOCKET = `--socket=${RUN}/mariadb.sock`;

/** What clients may take together; the others are for probes and people. */
const CONNECTION_LIMIT = 50;

/** What it adds to its namespace. */
export const MARIA_DB_TENANT: Tenant = {
  replicas: 1,
  surges: false,
  resources: { cpu: "200m", memory: "320Mi", ephemeralStorage: "64Mi" },
};

/** Cloud SQL's stand-in: a MariaDB on a volume of this machine, with one database and its user, by TLS only. */
export class MariaDb extends pulumi.ComponentResource implements MySql {
  readonly host: pulumi.Output<string>;
  readonly port = PORT;
  readonly ssl = true;
  readonly connectionLimit = CONNECTION_LIMIT;
  readonly database: string;
  readonly user: string;
  readonly password: pulumi.Output<string>;
  readonly sidecars = [];
  readonly calls: MySql["calls"];

  constructor(name: string, args: MariaDbArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:MariaDb", name, args, opts);

    const { app, cluster, namespace, clients, storage = "1Gi" } = args;
    const parent = this;
    const labels = labelsFor(app, NAME);

    const password = createPassword();
    const secret = createSecret();
    const pod = createPod();

    this.host = pod.host;
    this.database = app;
    this.user = app;
    this.password = password.result;
    this.calls = pod.calls;
    this.registerOutputs({ host: this.host, password: this.password });

    function createPassword() {
      return new random.RandomPassword(name, { length: 32, special: false }, { parent });
    }

    function createSecret() {
      // Without a name of ours: another password gets an object of its own, which rolls the pod.
      return new k8s.core.v1.Secret(
        name,
        {
          metadata: { namespace, labels: labels.labels },
          stringData: { password: password.result },
          immutable: true,
        },
        { parent },
      );
    }

    function createPod() {
      const auth = { secretName: secret.metadata.name, defaultMode: READ_ONLY_MODE };
      return createDatabasePod(
        name,
        {
          ...{ app, component: NAME, cluster, namespace, clients, port: PORT, storage },
          container: serverContainer(),
          terminationGracePeriodSeconds: 60,
          volumes: [
            { name: "auth", secret: auth },
            { name: "run", emptyDir: { sizeLimit: "32Mi" } },
          ],
        },
        parent,
      );
    }

    function serverContainer() {
      const ping = { exec: { command: ["/bin/mariadb-admin", "--no-defaults", SOCKET, "ping"] } };
      const ask = { exec: { command: ["/bin/mariadb", "--no-defaults", SOCKET, "--execute=SELECT 1"] } };
      return container({
        name: NAME,
        image: cluster.image("mariadb"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources: MARIA_DB_TENANT.resources,
        ports: [{ name: "mysql", containerPort: PORT }],
        env: [
          literal("MARIADB_DATABASE", app),
          literal("MARIADB_USER", app),
          literal("MARIADB_PASSWORD_FILE", `${AUTH}/password`),
          literal("MARIADB_MAX_CONNECTIONS", String(CONNECTION_LIMIT + 10)),
        ],
        // An empty volume becomes a database first, and one that was cut off is repaired.
        startupProbe: { ...ping, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 120 },
        readinessProbe: { ...ask, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
        livenessProbe: { ...ping, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
        volumeMounts: [
          { name: "data", mountPath: DATA },
          { name: "run", mountPath: RUN },
          { name: "auth", mountPath: AUTH, readOnly: true },
        ],
      });
    }
  }
}
