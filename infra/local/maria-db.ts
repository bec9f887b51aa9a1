import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { container, taskContainer } from "../k8s/container.js";
import { literal } from "../k8s/env.js";
import { createJob } from "../k8s/job.js";
import { labelsFor } from "../k8s/labels.js";
import type { Tenant } from "../k8s/quota.js";
import type { Resources } from "../k8s/resources.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { type MySqlUser, usersByTurns } from "../mysql-users.js";
import type { Cluster, MySql, MySqlArgs } from "../platform.js";
import { createDatabasePod } from "./database-pod.js";

export interface MariaDbArgs extends MySqlArgs {
  cluster: Pick<Cluster, "createIdentity" | "image" | "imagePullPolicy" | "storageClassName">;

  /**
   * Size of its volume.
   *
   * @default "1Gi"
   */
  storage?: string;
}

const NAME = "mysql";
const USERS_NAME = "mysql-users";
const PORT = 3306;
const DATA = "/data";
const RUN = "/run/mariadb";
const AUTH = "/etc/mariadb-auth";
const USERS = "/etc/mariadb-users";
const SOCKET = `--socket=${RUN}/mariadb.sock`;

/** What clients may take together; the others are for probes and people. */
const CONNECTION_LIMIT = 50;

const SERVER_RESOURCES: Resources = { cpu: "200m", memory: "320Mi", ephemeralStorage: "64Mi" };

/** Of what gives its users their passwords. */
const USERS_RESOURCES: Resources = { cpu: "100m", memory: "64Mi", ephemeralStorage: "16Mi" };

/** What it adds to its namespace. */
export const MARIA_DB_TENANTS: readonly Tenant[] = [
  { replicas: 1, surges: false, resources: SERVER_RESOURCES },
  { replicas: 1, surges: false, resources: USERS_RESOURCES },
];

/**
 * Cloud SQL's stand-in: a MariaDB on a volume of this machine, with one database, by TLS only. Who may make users is
 * known to it and to the Job that does so; the app signs in as one of two that take turns.
 */
export class MariaDb extends pulumi.ComponentResource implements MySql {
  readonly host: pulumi.Output<string>;
  readonly port = PORT;
  readonly ssl = true;
  readonly connectionLimit = CONNECTION_LIMIT;
  readonly database: string;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly sidecars = [];
  readonly volumes = [];
  readonly calls: MySql["calls"];

  constructor(name: string, args: MariaDbArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:MariaDb", name, {}, opts);

    const { app, cluster, namespace, clients, passwordVersion, storage = "1Gi" } = args;
    const parent = this;
    const labels = labelsFor(app, NAME);

    const secret = createSecret(createPassword(name));
    const pod = createPod();
    const [current, other] = usersByTurns(app, passwordVersion);
    const password = createUserPassword(current);
    const usersSecret = createUsersSecret({
      [current.name]: password.result,
      [other.name]: createUserPassword(other).result,
    });
    const users = createUsers();

    this.host = pod.host;
    this.database = app;
    this.user = users.metadata.name.apply(() => current.name);
    this.password = password.result;
    this.calls = pod.calls;
    this.registerOutputs({ host: this.host, user: this.user, password: this.password });

    function createPassword(passwordName: string, keepers?: MySqlUser["keepers"]) {
      return new random.RandomPassword(passwordName, { length: 32, special: false, keepers }, { parent });
    }

    function createUserPassword({ name: user, keepers }: MySqlUser) {
      return createPassword(user, keepers);
    }

    function createSecret({ result }: random.RandomPassword) {
      // Without a name of ours: another password gets an object of its own, which rolls the pod.
      return new k8s.core.v1.Secret(
        name,
        {
          metadata: { namespace, labels: labels.labels },
          stringData: { password: result },
          immutable: true,
        },
        { parent },
      );
    }

    function createUsersSecret(stringData: Record<string, pulumi.Output<string>>) {
      return new k8s.core.v1.Secret(
        `${name}-users`,
        { metadata: { namespace, labels: labelsFor(app, USERS_NAME).labels }, stringData, immutable: true },
        { parent },
      );
    }

    function createPod() {
      return createDatabasePod(
        name,
        {
          ...{ app, component: NAME, cluster, namespace, port: PORT, storage },
          clients: [...clients.map(({ selector }) => selector), labelsFor(app, USERS_NAME).selector],
          container: serverContainer(),
          terminationGracePeriodSeconds: 60,
          volumes: [auth(), { name: "run", emptyDir: { sizeLimit: "32Mi" } }],
        },
        parent,
      );
    }

    /** Done again whenever a password is another; the server and who is connected go on. */
    function createUsers() {
      return createJob(
        `${name}-users`,
        {
          ...{ app, component: USERS_NAME, cluster, namespace, calls: pod.calls },
          container: usersContainer(),
          volumes: [
            auth(),
            { name: "users", secret: { secretName: usersSecret.metadata.name, defaultMode: READ_ONLY_MODE } },
            { name: "run", emptyDir: { sizeLimit: "1Mi" } },
          ],
          // A server that has just been restarted takes a while to be found.
          backoffLimit: 4,
          after: [pod.statefulSet],
        },
        parent,
      );
    }

    function auth() {
      return { name: "auth", secret: { secretName: secret.metadata.name, defaultMode: READ_ONLY_MODE } };
    }

    function usersContainer() {
      return taskContainer({
        name: USERS_NAME,
        image: cluster.image("mariadb"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources: USERS_RESOURCES,
        command: ["/bin/sh", "/bin/set-users"],
        env: [...signIn(), { name: "MARIADB_HOST", value: pod.host }, literal("MARIADB_USERS", USERS)],
        volumeMounts: [
          { name: "auth", mountPath: AUTH, readOnly: true },
          { name: "users", mountPath: USERS, readOnly: true },
          { name: "run", mountPath: RUN },
        ],
      });
    }

    function signIn() {
      return [
        literal("MARIADB_DATABASE", app),
        literal("MARIADB_USER", app),
        literal("MARIADB_PASSWORD_FILE", `${AUTH}/password`),
      ];
    }

    function serverContainer() {
      const ping = { exec: { command: ["/bin/mariadb-admin", "--no-defaults", SOCKET, "ping"] } };
      const ask = { exec: { command: ["/bin/mariadb", "--no-defaults", SOCKET, "--execute=SELECT 1"] } };
      return container({
        name: NAME,
        image: cluster.image("mariadb"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources: SERVER_RESOURCES,
        ports: [{ name: "mysql", containerPort: PORT }],
        env: [...signIn(), literal("MARIADB_MAX_CONNECTIONS", String(CONNECTION_LIMIT + 10))],
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
