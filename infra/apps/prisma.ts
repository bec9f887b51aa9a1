import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Container, container, httpContainer } from "../k8s/container.js";
import { literal, variablesFrom } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import { AppNamespace } from "./app-namespace.js";
import { HttpService } from "./http-service.js";
import { type PrismaSize, configDocument, connectionsOf, isPrisma1, prismaTenant } from "./prisma-config.js";

export interface PrismaArgs extends PrismaSize {
  cluster: Cluster;

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
const PORT = 4466;
const CONFIG = "/etc/prisma";
const CONFIG_PATH = `${CONFIG}/prisma.yml`;
/** For what is under way when the pod stops answering: longer than any query may take. */
const CLOSE_SEC = 25;

const VARIABLES = {
  LOG_LEVEL: "logLevel",
  INTROSPECTION: "introspection",
  PLAYGROUND: "playground",
  DRAIN_DELAY_SEC: "drainDelaySec",
};

/** A GraphQL service on MySQL, for the pods of the cluster, and for the world where that is asked for. */
export class Prisma extends pulumi.ComponentResource {
  /** Only where it is exposed. */
  readonly url?: string;

  constructor(name: string, args: PrismaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Prisma", name, args, { ...opts, providers: [args.cluster.provider] });

    const { cluster, exposed = false, host, logLevel = "info" } = args;
    const { playground = false, introspection = playground } = args;
    const { drainDelaySec, imagePullPolicy } = cluster;
    const prisma1 = isPrisma1(args.image);
    const image = args.image ?? cluster.image("prisma");
    const pods = prismaTenant(args, prisma1, cluster.mySqlSidecars);
    refuseTwo();
    const parent = this;
    const labels = labelsFor(name, COMPONENT);

    const namespace = createNamespace();
    const mySql = createMySql();
    const managementApiSecret =
      args.managementApiSecret ?? (exposed ? createManagementApiSecret() : undefined);
    const secret = createConfigSecret();
    const service = createService(prisma1 ? prisma1Container() : serverContainer(createConfigMap()));

    this.url = exposed ? createEntry() : undefined;
    this.registerOutputs({ url: this.url });

    function refuseTwo() {
      if (!prisma1 || pods.replicas === 1) return;
      throw new pulumi.InputPropertyError({
        propertyPath: "replicas",
        reason: `expected 1 of a Prisma 1 server, of which a second one waits for a lock and exits, got ${pods.replicas}`,
      });
    }

    function createNamespace() {
      return new AppNamespace(name, { cluster, tenants: [pods, ...cluster.mySqlTenants] }, { parent });
    }

    function createMySql() {
      const mySqlArgs = {
        app: name,
        namespace: namespace.name,
        serviceAccountName: COMPONENT,
        clients: [labels.selector],
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

    function serverContainer(configMap: k8s.core.v1.ConfigMap): Container {
      return httpContainer({
        name: COMPONENT,
        image,
        imagePullPolicy,
        port: PORT,
        resources: pods.resources,
        env: [
          ...variablesFrom(configMap.metadata.name, VARIABLES),
          literal("PRISMA_CONFIG_PATH", CONFIG_PATH),
        ],
        volumeMounts: [{ name: "config", mountPath: CONFIG, readOnly: true }],
      });
    }

    /** It answers under no path of ours, and writes where Java does. */
    function prisma1Container(): Container {
      const status = { httpGet: { path: "/status", port: "http" }, timeoutSeconds: 5 };
      const listens = { tcpSocket: { port: "http" }, timeoutSeconds: 5 };
      return container({
        name: COMPONENT,
        image,
        imagePullPolicy,
        resources: pods.resources,
        ports: [{ name: "http", containerPort: PORT }],
        env: [literal("PRISMA_CONFIG_PATH", CONFIG_PATH)],
        startupProbe: { ...status, periodSeconds: 5, failureThreshold: 60 },
        readinessProbe: { ...status, periodSeconds: 5, failureThreshold: 2 },
        livenessProbe: { ...listens, periodSeconds: 10, failureThreshold: 6 },
        volumeMounts: [
          { name: "config", mountPath: CONFIG, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      });
    }

    function createService(server: Container) {
      const config = { secretName: secret.metadata.name, defaultMode: READ_ONLY_MODE };
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
          // The apps' own pods, of whatever namespace.
          callers: [{ namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "slipway" } } }],
          calls: [...mySql.calls],
          nativeSidecars: mySql.sidecars,
          volumes: [
            { name: "config", secret: config },
            ...(prisma1 ? [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }] : []),
          ],
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
