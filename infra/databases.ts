import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Identity } from "./identity.js";
import type { Allowed } from "./k8s/network-policy.js";

export interface MySqlArgs {
  /** The app that it keeps the data of. */
  app: string;
  namespace: pulumi.Input<string>;

  /** The pods, in the same namespace, that may connect. */
  clients: readonly MySqlClient[];

  /** The next one gives the app another password, which it signs in with as another user: one at a time. */
  passwordVersion: number;
}

export interface MySqlClient {
  /** Which component of the app the pods are, such as "migrations". */
  readonly component: string;

  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;

  /** Theirs: where the cloud signs them in by it, it gets the right to. */
  readonly identity: Identity;
}

export interface MySql {
  /** As the app's container sees it: "127.0.0.1" where a proxy runs beside it. */
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly database: pulumi.Input<string>;

  /** Known when the database knows it, and the password too. */
  readonly user: pulumi.Input<string>;

  /** A secret. */
  readonly password: pulumi.Output<string>;

  /** Whether the app itself has to speak TLS: a proxy does it for whoever stands beside it. */
  readonly ssl: boolean;

  /** How many connections it takes, of all pods together. */
  readonly connectionLimit: number;

  /** Native sidecars that the app's pods need for it, with restartPolicy "Always". */
  readonly sidecars: readonly k8s.types.input.core.v1.Container[];

  /** What those mount. */
  readonly volumes: readonly k8s.types.input.core.v1.Volume[];

  /** Whom the pods must be allowed to call for it. */
  readonly calls: readonly Allowed[];
}

export interface MongoDbArgs {
  /** The app that it keeps the data of. */
  app: string;
  namespace: pulumi.Input<string>;

  /** Labels of the pods, in the same namespace, that may connect. */
  clients: readonly Readonly<Record<string, string>>[];

  /**
   * Address of a MongoDB that somebody runs, with the way to sign in and the database.
   *
   * @default none, which is an error in a cloud
   */
  uri?: pulumi.Output<string>;
}

export interface MongoDb {
  /** A secret. */
  readonly uri: pulumi.Output<string>;

  /** Whom the pods must be allowed to call for it. */
  readonly calls: readonly Allowed[];
}
