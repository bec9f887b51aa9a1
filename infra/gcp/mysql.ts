import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Database } from "@pulumi/gcp/sql/database.js";
import { User } from "@pulumi/gcp/sql/user.js";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Container } from "../k8s/container.js";
import { labelsFor } from "../k8s/labels.js";
import type { Allowed } from "../k8s/network-policy.js";
import { type MySqlUser, usersByTurns } from "../mysql-users.js";
import type { MySql, MySqlArgs, MySqlClient } from "../platform.js";
import { KEY_FILE, authProxy, keyFileIn } from "./auth-proxy.js";
import type { CloudSql } from "./cloud-sql.js";

export interface CloudSqlMySqlArgs extends Pick<MySqlArgs, "namespace" | "clients" | "passwordVersion"> {
  project: pulumi.Input<string>;
  cloudSql: CloudSql;

  /**
   * Key of a service account that may connect, as JSON.
   *
   * @default none: each pod's own identity gets the right to
   */
  key?: pulumi.Output<string>;

  /** Whether Pulumi refuses to delete the database with all that is in it. */
  protection: boolean;
}

const PORT = 3306;
/** Fewer than the smallest machine takes, and some are left for people. */
const CONNECTION_LIMIT = 200;

/** An app's own database and its two users on Cloud SQL, and the right of its pods, and of nobody else, to get there. */
export class CloudSqlMySql extends pulumi.ComponentResource implements MySql {
  readonly host = "127.0.0.1";
  readonly port = PORT;
  readonly ssl = false;
  readonly connectionLimit = CONNECTION_LIMIT;
  readonly database: pulumi.Output<string>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly sidecars: readonly Container[];
  readonly volumes: MySql["volumes"];
  readonly calls: readonly Allowed[];

  constructor(name: string, args: CloudSqlMySqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:MySql", name, {}, opts);

    const { project, cloudSql, protection, namespace, clients, passwordVersion, key } = args;
    const parent = this;
    const instance = cloudSql.instanceName;

    const database = createDatabase();
    const [current, other] = usersByTurns(name, passwordVersion);
    const password = createPassword(current);
    const users = [createUser(current, password), createUser(other, createPassword(other))];
    const grants = key ? [] : clients.map(createGrant);
    const keyFile = key && createKeyFile(key);

    this.database = database.name;
    // Whoever names the user waits for it, and for the pods' right to connect.
    this.user = pulumi
      .all([...users.map((user) => user.name), ...grants.map(({ role }) => role)])
      .apply(() => current.name);
    this.password = password.result;
    this.sidecars = [authProxy({ connectionName: cloudSql.connectionName, port: PORT, keyFile })];
    this.volumes = keyFile ? [keyFile.volume] : [];
    this.calls = callsOf(cloudSql.privateIpAddress, keyFile === undefined);
    this.registerOutputs({ database: this.database, user: this.user, password: this.password });

    function createPassword({ name: user, keepers }: MySqlUser) {
      return new random.RandomPassword(user, { length: 32, special: false, keepers }, { parent });
    }

    function createDatabase() {
      return new Database(
        name,
        { project, instance, name, charset: "utf8mb4" },
        { parent, protect: protection },
      );
    }

    function createUser({ name: user }: MySqlUser, { result }: random.RandomPassword) {
      return new User(
        user,
        // Any host: the only ones that get through are proxies.
        { project, instance, name: user, host: "%", password: result },
        { parent },
      );
    }

    /** The first one is called like the app, the others like their components too. */
    function createGrant({ component, identity }: MySqlClient, index: number) {
      if (!identity.principal) {
        throw new pulumi.InputPropertyError({
          propertyPath: `clients[${index}].identity`,
          reason: `expected one that gke gives the pods "${component}", got one without a principal; ask the database's cluster`,
        });
      }
      return new IAMMember(
        index === 0 ? name : `${name}-${component}`,
        {
          project,
          role: "roles/cloudsql.client",
          member: identity.principal,
          condition: {
            title: "this instance only",
            expression: pulumi.interpolate`resource.name == "projects/${project}/instances/${instance}" && resource.type == "sqladmin.googleapis.com/Instance"`,
          },
        },
        { parent },
      );
    }

    function createKeyFile(contents: pulumi.Output<string>) {
      const secret = new k8s.core.v1.Secret(
        `${name}-cloud-sql-key`,
        // Without a name of ours: another key gets an object of its own, which rolls the pods.
        {
          metadata: { namespace, labels: labelsFor(name, "cloud-sql-key").labels },
          stringData: { [KEY_FILE]: contents },
          immutable: true,
        },
        { parent },
      );
      return keyFileIn(secret.metadata.name);
    }
  }
}

/** Whom the proxy talks to. */
function callsOf(instanceAddress: pulumi.Output<string>, byIdentity: boolean): Allowed[] {
  return [
    // The pod's identity, which the node tells it.
    ...(byIdentity ? [{ peers: [{ ipBlock: { cidr: "169.254.169.254/32" } }], port: 80 }] : []),
    // Google's API, which says where the instance is: it has addresses all over the internet, and none of ours.
    {
      peers: [
        {
          ipBlock: {
            cidr: "0.0.0.0/0",
            except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
          },
        },
      ],
      port: 443,
    },
    // The instance's side of the proxy.
    { peers: [{ ipBlock: { cidr: pulumi.interpolate`${instanceAddress}/32` } }], port: 3307 },
  ];
}
