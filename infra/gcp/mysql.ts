import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Database } from "@pulumi/gcp/sql/database.js";
import { User } from "@pulumi/gcp/sql/user.js";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Container } from "../k8s/container.js";
import type { Allowed } from "../k8s/network-policy.js";
import type { MySql, MySqlArgs } from "../platform.js";
import { authProxy } from "./auth-proxy.js";
import type { CloudSql } from "./cloud-sql.js";

export interface CloudSqlMySqlArgs extends Pick<MySqlArgs, "namespace" | "serviceAccountName"> {
  project: pulumi.Input<string>;
  projectNumber: pulumi.Input<string>;
  cloudSql: CloudSql;

  /** Whether Pulumi refuses to delete the database with all that is in it. */
  protection: boolean;
}

const PORT = 3306;
/** Fewer than the smallest machine takes, and some are left for people. */
const CONNECTION_LIMIT = 200;

/** An app's own database and user on Cloud SQL, and the right of its pods, and of nobody else, to get there. */
export class CloudSqlMySql extends pulumi.ComponentResource implements MySql {
  readonly host = "127.0.0.1";
  readonly port = PORT;
  readonly ssl = false;
  readonly connectionLimit = CONNECTION_LIMIT;
  readonly database: pulumi.Output<string>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly sidecars: readonly Container[];
  readonly calls: readonly Allowed[];

  constructor(name: string, args: CloudSqlMySqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:MySql", name, args, opts);

    const { project, projectNumber, cloudSql, protection, namespace, serviceAccountName } = args;
    const parent = this;
    const instance = cloudSql.instanceName;

    const password = createPassword();
    const database = createDatabase();
    const user = createUser();
    const grant = createGrant();

    this.database = database.name;
    // Whoever names the user waits for the pods' right to connect too.
    this.user = pulumi.all([user.name, grant.role]).apply(([userName]) => userName);
    this.password = password.result;
    this.sidecars = [authProxy({ connectionName: cloudSql.connectionName, port: PORT })];
    this.calls = callsOf(cloudSql.privateIpAddress);
    this.registerOutputs({ database: this.database, user: this.user, password: this.password });

    function createPassword() {
      return new random.RandomPassword(`${name}-mysql`, { length: 32, special: false }, { parent });
    }

    function createDatabase() {
      return new Database(
        name,
        { project, instance, name, charset: "utf8mb4" },
        { parent, protect: protection },
      );
    }

    function createUser() {
      return new User(
        name,
        // Any host: the only ones that get through are proxies.
        { project, instance, name, host: "%", password: password.result },
        { parent },
      );
    }

    function createGrant() {
      const pool = pulumi.interpolate`projects/${projectNumber}/locations/global/workloadIdentityPools/${project}.svc.id.goog`;
      return new IAMMember(
        name,
        {
          project,
          role: "roles/cloudsql.client",
          member: pulumi.interpolate`principal://iam.googleapis.com/${pool}/subject/ns/${namespace}/sa/${serviceAccountName}`,
          condition: {
            title: "this instance only",
            expression: pulumi.interpolate`resource.name == "projects/${project}/instances/${instance}" && resource.type == "sqladmin.googleapis.com/Instance"`,
          },
        },
        { parent },
      );
    }
  }
}

/** Whom the proxy talks to. */
function callsOf(instanceAddress: pulumi.Output<string>): Allowed[] {
  return [
    // The pod's identity, which the node tells it.
    { peers: [{ ipBlock: { cidr: "169.254.169.254/32" } }], port: 80 },
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
