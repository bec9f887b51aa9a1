import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { doNotAwait, workloadTimeouts } from "../k8s/await.js";
import { container } from "../k8s/container.js";
import { literal } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import { allow, podsWith } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import type { Tenant } from "../k8s/quota.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import type { Cluster, MySql, MySqlArgs } from "../platform.js";

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
    const metadata = { name: NAME, namespace, labels: labels.labels };

    const password = createPassword();
    const secret = createSecret();
    const serviceAccount = createServiceAccount();
    const service = createService();
    createNetworkPolicy();
    createPodDisruptionBudget();
    createStatefulSet();

    this.host = pulumi.interpolate`${NAME}-0.${service.metadata.name}.${namespace}.svc`;
    this.database = app;
    this.user = app;
    this.password = password.result;
    this.calls = [{ peers: [podsWith(labels.selector)], port: PORT }];
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

    function createServiceAccount() {
      return new k8s.core.v1.ServiceAccount(
        name,
        { metadata, automountServiceAccountToken: false },
        { parent },
      );
    }

    function createService() {
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { ...metadata, annotations: doNotAwait },
          spec: {
            clusterIP: "None",
            selector: labels.selector,
            ports: [{ name: "mysql", port: PORT, targetPort: "mysql", protocol: "TCP" }],
          },
        },
        { parent },
      );
    }

    function createNetworkPolicy() {
      const spec = allow(labels.selector, [{ peers: clients.map(podsWith), port: PORT }], []);
      return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
    }

    function createPodDisruptionBudget() {
      return new k8s.policy.v1.PodDisruptionBudget(
        name,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels.selector } } },
        { parent },
      );
    }

    function createStatefulSet() {
      return new k8s.apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            serviceName: service.metadata.name,
            replicas: MARIA_DB_TENANT.replicas,
            selector: { matchLabels: labels.selector },
            updateStrategy: { type: "RollingUpdate" },
            revisionHistoryLimit: 5,
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            template: podTemplate({
              labels,
              serviceAccountName: serviceAccount.metadata.name,
              container: serverContainer(),
              terminationGracePeriodSeconds: 60,
              volumes: [
                {
                  name: "auth",
                  secret: { secretName: secret.metadata.name, defaultMode: READ_ONLY_MODE },
                },
                { name: "run", emptyDir: { sizeLimit: "32Mi" } },
              ],
            }),
            volumeClaimTemplates: [dataClaim()],
          },
        },
        { parent, customTimeouts: workloadTimeouts },
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

    function dataClaim(): k8s.types.input.core.v1.PersistentVolumeClaim {
      return {
        metadata: { name: "data", labels: labels.selector },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: cluster.storageClassName,
          resources: { requests: { storage } },
        },
      };
    }
  }
}
