import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Container } from "../k8s/container.js";
import { createJob } from "../k8s/job.js";
import { labelsFor } from "../k8s/labels.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import { AppNamespace } from "./app-namespace.js";
import { HttpService } from "./http-service.js";
import {
  type PrismaSize,
  configDocument,
  connectionsOf,
  isPrisma1,
  migrationsTenant,
  prismaTenant,
} from "./prisma-config.js";
import { migrationsContainer, podVolumes, prisma1Container, serverContainer } from "./prisma-containers.js";

export interface PrismaArgs extends PrismaSize {
  cluster: Cluster;

  /** The next one gives the service another password of its database: one at a time. */
  passwordVersion: number;

  /**
   * A server of yours, or a Prisma 1 server.
   *
   * @default the image "prisma"
   */
  image?: string;

  /**
   * Whether the world may reach it.
   *
   * @default false
   */
  exposed?: boolean;

  /**
   * Name under which it is asked for, when it is exposed.
   *
   * @default "prisma" under the domain
   */
  host?: string;

  /** @default "info" */
  logLevel?: string;

  /**
   * Whether the API tells what it offers.
   *
   * @default where there is a playground, which asks for it
   */
  introspection?: boolean;

  /**
   * Whether a browser gets a page to try queries in.
   *
   * @default false
   */
  playground?: boolean;

  /**
   * What every request has to present.
   *
   * @default made up when it is exposed; otherwise none, and there is no management API
   */
  managementApiSecret?: pulumi.Output<string>;
}

const COMPONENT = "prisma";
const MIGRATIONS = "migrations";
const PORT = 4466;
/** Longer than any migration should take that nobody watches; the database's lock is waited for within it. */
const MIGRATIONS_SEC = 1800;
/** For what is under way when the pod stops answering: longer than any query may take. */
const CLOSE_SEC = 25;

/** A GraphQL service on MySQL, for the pods of the cluster, and for the world where that is asked for. */
export class Prisma extends pulumi.ComponentResource {
  /** Only where it is exposed. */
  readonly url?: string;

  /** Known when all pods have gone over to it. */
  readonly passwordVersion: pulumi.Output<number>;

  constructor(name: string, args: PrismaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Prisma", name, {}, { ...opts, providers: [args.cluster.provider] });

    const { cluster, exposed = false, host, logLevel = "info" } = args;
    const { playground = false, introspection = playground, passwordVersion } = args;
    const { drainDelaySec } = cluster;
    const prisma1 = isPrisma1(args.image);
    const pods = prismaTenant(args, prisma1, cluster.mySqlSidecars);
    const migrations = prisma1 ? [] : [migrationsTenant(pods)];
    refuseTwo();
    const parent = this;
    const labels = labelsFor(name, COMPONENT);

    const namespace = createNamespace();
    const mySql = createMySql();
    const managementApiSecret =
      args.managementApiSecret ?? (exposed ? createManagementApiSecret() : undefined);
    const secret = createConfigSecret();
    const containerArgs = {
      name: COMPONENT,
      image: args.image ?? cluster.image("prisma"),
      imagePullPolicy: cluster.imagePullPolicy,
      resources: pods.resources,
    };
    const service = prisma1
      ? createService(prisma1Container(containerArgs, PORT))
      : createMigratedService(createConfigMap().metadata.name);

    this.url = exposed ? createEntry() : undefined;
    this.passwordVersion = service.deploymentName.apply(() => passwordVersion);
    this.registerOutputs({ url: this.url, passwordVersion: this.passwordVersion });

    function refuseTwo() {
      if (!prisma1 || pods.replicas === 1) return;
      throw new pulumi.InputPropertyError({
        propertyPath: "replicas",
        reason: `expected 1 of a Prisma 1 server, of which a second one waits for a lock and exits, got ${pods.replicas}`,
      });
    }

    function createNamespace() {
      return new AppNamespace(
        name,
        { cluster, tenants: [pods, ...migrations, ...cluster.mySqlTenants] },
        { parent },
      );
    }

    function createMySql() {
      const mySqlArgs = {
        app: name,
        namespace: namespace.name,
        clients: [COMPONENT, ...(prisma1 ? [] : [MIGRATIONS])].map((component) => ({
          component,
          selector: labelsFor(name, component).selector,
          identity: cluster.identityOf({ namespace: namespace.name, name: component }),
        })),
        passwordVersion,
      };
      return cluster.createMySql(name, mySqlArgs, { parent });
    }

    function createManagementApiSecret() {
      const made = new random.RandomPassword(
        `${name}-management-api-secret`,
        { length: 32, special: false },
        { parent },
      );
      return made.result;
    }

    function createConfigSecret() {
      const document = configDocument({
        port: PORT,
        mySql,
        connections: connectionsOf(pods, mySql.connectionLimit),
        managementApiSecret,
        prisma1,
      });
      // Without a name of ours: another password gets an object of its own, which rolls the pods.
      return new k8s.core.v1.Secret(
        `${name}-config`,
        {
          metadata: { namespace: namespace.name, labels: labels.labels },
          stringData: { "prisma.yml": document },
          immutable: true,
        },
        { parent },
      );
    }

    function createConfigMap() {
      const configMapArgs = versionedConfigMap({
        name: `${COMPONENT}-settings`,
        namespace: namespace.name,
        labels: labels.labels,
        data: {
          logLevel,
          introspection: String(introspection),
          playground: String(playground),
          drainDelaySec: String(drainDelaySec),
        },
      });
      return new k8s.core.v1.ConfigMap(`${name}-settings`, configMapArgs, { parent, ...keptForRollback });
    }

    /** The pods of this version start when the tables are what its models say; until then the last version serves. */
    function createMigratedService(settings: pulumi.Input<string>) {
      const job = createJob(
        `${name}-${MIGRATIONS}`,
        {
          ...{ app: name, component: MIGRATIONS, cluster, namespace: namespace.name },
          container: migrationsContainer({ ...containerArgs, name: MIGRATIONS }),
          nativeSidecars: mySql.sidecars,
          volumes: podVolumes(secret.metadata.name, mySql.volumes),
          calls: mySql.calls,
          activeDeadlineSeconds: MIGRATIONS_SEC,
        },
        parent,
      );
      return createService(serverContainer(containerArgs, PORT, settings), [job]);
    }

    function createService(server: Container, after: pulumi.Resource[] = []) {
      return new HttpService(
        `${name}-server`,
        {
          ...{ app: name, component: COMPONENT, cluster, namespace: namespace.name, container: server },
          port: PORT,
          servicePort: PORT,
          replicas: pods.replicas,
          recreate: prisma1,
          terminationGracePeriodSeconds: drainDelaySec + CLOSE_SEC,
          ...(exposed && { backend: { healthPath: prisma1 ? "/status" : "/readyz" } }),
          hasMetrics: !prisma1,
          // The apps' own pods, of whatever namespace.
          callers: [{ namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "slipway" } } }],
          calls: [...mySql.calls],
          nativeSidecars: mySql.sidecars,
          volumes: [
            ...podVolumes(secret.metadata.name, mySql.volumes),
            ...(prisma1 ? [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }] : []),
          ],
          after,
        },
        { parent },
      );
    }

    function createEntry() {
      const routes = [{ path: "/", service: service.serviceName, port: service.servicePort }];
      return cluster.createEntry(name, { namespace: namespace.name, host, routes }, { parent }).url;
    }
  }
}
