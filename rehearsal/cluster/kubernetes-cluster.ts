import {
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
  NetworkingV1Api,
  PatchStrategy,
  StorageV1Api,
} from "@kubernetes/client-node";
import type {
  KubeConfig,
  KubernetesObject,
  V1Ingress,
  V1Service,
  V1ServiceSpec,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClusterAccess, kubeconfigOf } from "./access.js";
import { Nodes } from "./nodes.js";

/** Of Kubernetes itself. */
const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];
const EMPTY_SECONDS = 60;

type FrontendConfig = KubernetesObject & { spec?: { sslPolicy?: string } };

/** The Kubernetes behind a cloud's cluster, as the cloud sees it: it fills it when it makes it and empties it after. */
export class KubernetesCluster {
  readonly access: ClusterAccess;
  readonly nodes: Nodes;
  readonly config: KubeConfig;
  private readonly core: CoreV1Api;
  private readonly objects: KubernetesObjectApi;

  constructor(access: ClusterAccess, config = kubeconfigOf(access)) {
    this.access = access;
    this.config = config;
    this.nodes = new Nodes(this.config);
    this.core = this.config.makeApiClient(CoreV1Api);
    this.objects = KubernetesObjectApi.makeApiClient(this.config);
  }

  /** Puts in what a cloud's clusters have from the beginning. */
  async install(objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects) {
      await this.objects.patch(object, undefined, undefined, "cloud", true, PatchStrategy.ServerSideApply);
    }
  }

  /** Namespaces that somebody made. */
  async namespaces(): Promise<string[]> {
    const { items } = await this.core.listNamespace();
    return items.map(nameOf).filter((name) => !SYSTEM_NAMESPACES.includes(name));
  }

  /** What would be left of it: namespaces that somebody made, and what has a load balancer or a disk of its own. */
  async leftovers(): Promise<string[]> {
    const entries = (await this.entries()).map(titleOf);
    const namespaces = (await this.namespaces()).map((name) => `Namespace ${name}`);
    return [...entries, ...namespaces, ...(await this.volumes())];
  }

  /** Volumes whose claims are gone go by themselves, a moment later. */
  private async volumes(): Promise<string[]> {
    for (let waited = 0; ; waited++) {
      const { items } = await this.core.listPersistentVolume();
      if (items.length === 0 || waited === 50)
        return items.map((volume) => `PersistentVolume ${nameOf(volume)}`);
      await sleep(200);
    }
  }

  /** What in the cluster uses something of the cloud's, by what it says of it: its name or its address. */
  async usersOf(handle: string): Promise<string[]> {
    const entries = (await this.entries()).filter(({ metadata, spec }) => {
      // Some annotations are lists.
      const said = Object.values(metadata?.annotations ?? {}).flatMap((value) => value.split(/,\s*/));
      return [...said, (spec as V1ServiceSpec).loadBalancerIP].includes(handle);
    });
    const configs = (await this.frontendConfigs()).filter(({ spec }) => spec?.sslPolicy === handle);
    return [...entries.map(titleOf), ...configs.map((config) => `FrontendConfig ${nameOf(config)}`)];
  }

  /** Of GKE only, and only once their definition is there. */
  private async frontendConfigs(): Promise<FrontendConfig[]> {
    const objects = this.config.makeApiClient(CustomObjectsApi);
    const kind = { group: "networking.gke.io", version: "v1beta1", plural: "frontendconfigs" };
    const list: unknown = await objects.listClusterCustomObject(kind).catch((error: unknown) => {
      if ((error as { code?: number }).code === 404) return { items: [] };
      throw error;
    });
    return (list as { items: FrontendConfig[] }).items;
  }

  private async entries(): Promise<(V1Ingress | V1Service)[]> {
    const networking = this.config.makeApiClient(NetworkingV1Api);
    const { items: ingresses } = await networking.listIngressForAllNamespaces();
    const { items: services } = await this.core.listServiceForAllNamespaces();
    return [...ingresses, ...services.filter(({ spec }) => spec?.type === "LoadBalancer")];
  }

  /** As after its deletion: the next cluster begins with nothing. */
  async empty(): Promise<void> {
    const { items: nodes } = await this.core.listNode();
    for (const name of await this.namespaces()) await this.core.deleteNamespace({ name });
    for (const deadline = Date.now() + EMPTY_SECONDS * 1000; (await this.namespaces()).length > 0;) {
      if (Date.now() > deadline)
        throw new Error(`namespaces ${(await this.namespaces()).join(", ")} do not go`);
      await sleep(200);
    }
    await Promise.all(nodes.map((node) => this.core.deleteNode({ name: nameOf(node) })));
    const storage = this.config.makeApiClient(StorageV1Api);
    await storage.deleteCollectionStorageClass();
    await this.core.deleteCollectionPersistentVolume();
  }
}

const nameOf = ({ metadata }: KubernetesObject) => metadata?.name ?? "";

const titleOf = (entry: V1Ingress | V1Service) =>
  `${entry.spec && "ports" in entry.spec ? "Service" : "Ingress"} ${entry.metadata?.namespace ?? ""}/${nameOf(entry)}`;
