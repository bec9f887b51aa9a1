import {
  AppsV1Api,
  CoreV1Api,
  StorageV1Api,
  type V1Deployment,
  type V1StatefulSet,
  type V1StorageClass,
} from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { withLock } from "../../commands/lock.js";
import { kubeconfigOf } from "../../rehearsal/cluster/access.js";
import { startControlPlanes } from "../../rehearsal/cluster/control-plane.js";
import { KubernetesCluster } from "../../rehearsal/cluster/kubernetes-cluster.js";
import { made } from "../../rehearsal/cluster/made.js";
import { provideVolumes } from "../../rehearsal/cluster/volumes.js";
import { Processes } from "../../rehearsal/processes.js";
import { paths } from "../../shell/paths.js";
import { appImages } from "../../toolchain/images.js";
import { buildTools, toolsAreBuilt } from "../../toolchain/tools.js";
import { Checkout } from "../support/checkout.js";
import { until } from "./platform.js";

const CONTEXT = "somebody's own";
const DRIVER = "rancher.io/local-path";
const APPS = ["chat", "journal", "prisma"];

const pool = {
  name: "nodes",
  zones: ["zone-a", "zone-b", "zone-c"],
  region: "here",
  machineType: "any",
  allocatable: { cpu: "8", memory: "16Gi", pods: "110", "ephemeral-storage": "100G" },
  labels: {},
  taints: [],
};

/**
 * A real API server whose nodes and pods are KWOK's, and a checkout that shares what this one has built and nothing of its
 * state, so that it knows of no platform that runs here.
 */
describe("`npm run up -- --kubeconfig FILE --context NAME`, on a cluster that somebody has,", function () {
  this.timeout(900_000); // What the rehearsal needs more than the platform is built the first time.
  const folder = mkdtempSync(join(tmpdir(), "slipway-somebodys-"));
  const file = join(folder, "kube config");
  const processes = new Processes(folder);
  let stopVolumes = async () => {};
  let checkout: Checkout;
  let cluster: KubernetesCluster;

  before(async () => {
    checkout = new Checkout(
      "Pulumi.yaml",
      "Pulumi.README.md",
      "package-lock.json",
      "tsconfig.json",
      "infra",
      "apps",
    );
    if (!toolsAreBuilt("rehearsal")) await withLock(() => buildTools(() => undefined, "rehearsal"));
    const [access] = await startControlPlanes(processes, folder, ["somebodys"]);
    assert.ok(access);
    cluster = new KubernetesCluster(access);
    const config = kubeconfigOf(access);
    config.contexts = [...config.contexts, ...config.contexts.map((one) => ({ ...one, name: CONTEXT }))];
    // The file's own choice is another cluster, which nothing may be asked of.
    config.clusters.push({ name: "nobody's", server: "https://127.0.0.1:1", skipTLSVerify: false });
    config.contexts = config.contexts.map((one) =>
      one.name === CONTEXT ? one : { ...one, cluster: "nobody's" },
    );
    writeFileSync(file, config.exportConfig(), { mode: 0o600 });
    await cluster.config.makeApiClient(StorageV1Api).createStorageClass({
      body: made<V1StorageClass>({
        metadata: { name: "local-path" },
        provisioner: DRIVER,
        volumeBindingMode: "WaitForFirstConsumer",
        reclaimPolicy: "Delete",
      }),
    });
    await cluster.nodes.ensure(pool);
    stopVolumes = await provideVolumes(cluster.config, [DRIVER]);

    mkdirSync(checkout.local);
    for (const built of [paths.bin, paths.debian, paths.downloads, paths.images])
      symlinkSync(built, join(checkout.local, basename(built)));
    const stackFile = parse(readFileSync(checkout.path("Pulumi.local.yaml"), "utf8"));
    stackFile.config["slipway:images"] = Object.fromEntries(
      appImages.map((name) => [name, referenceOf(name)]),
    );
    checkout.write("Pulumi.local.yaml", stringify(stackFile));
  });

  after(async () => {
    await stopVolumes();
    await processes.stop();
    checkout.remove();
    rmSync(folder, { recursive: true });
  });

  const npmRun = (...args: string[]) =>
    execa("npm", ["run", "--silent", ...args], { cwd: checkout.folder, all: true, reject: false });
  const upThere = () => npmRun("up", "--", "--kubeconfig", file, "--context", CONTEXT);

  /** Each workload there, as it should be; how many pods it has may be for an autoscaler to say. */
  async function workloads() {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    const lists = [await apps.listDeploymentForAllNamespaces(), await apps.listStatefulSetForAllNamespaces()];
    return lists
      .flatMap(({ items }): (V1Deployment | V1StatefulSet)[] => items)
      .map(({ metadata, spec, status }) => ({
        name: `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
        ready: status?.readyReplicas === spec?.replicas,
        images: (spec?.template.spec?.containers ?? []).map(({ image = "" }) => image),
        uid: metadata?.uid,
        spec: Object.entries(spec ?? {}).filter(([key]) => key !== "replicas"),
      }));
  }

  let deployed: Awaited<ReturnType<typeof workloads>>;
  const changed = (before: typeof deployed, after: typeof deployed) =>
    after.filter((workload, index) => !isDeepStrictEqual(workload, before[index])).map(({ name }) => name);

  it("deploys the stack of this machine there, with the images that the stack file names", async () => {
    const { exitCode, all } = await upThere();
    assert.equal(exitCode, 0, all);
    await until("every pod ready", async () => (await workloads()).find(({ ready }) => !ready)?.name);
    deployed = await workloads();
    const namespaces = new Set(deployed.map(({ name }) => name.split("/")[0]));
    assert.deepEqual([...namespaces].sort(), APPS);
    const images = new Set(deployed.flatMap((workload) => workload.images));
    assert.deepEqual([...images].sort(), appImages.map(referenceOf).sort());
  });

  it("changes nothing the second time", async () => {
    const { exitCode, all } = await upThere();
    assert.equal(exitCode, 0, all);
    assert.deepEqual(changed(deployed, await workloads()), []);
  });

  it("is refused on another cluster, this machine's own too, as long as the stack is there", async () => {
    const { exitCode, all } = await npmRun("up");
    assert.equal(exitCode, 1, all);
    assert.match(all, /stack local is deployed on .* run "npm run down -- --purge"/s);
    assert.deepEqual(changed(deployed, await workloads()), []);
  });

  it("is taken back by `npm run down -- --purge`, which leaves the cluster as it was", async () => {
    const { exitCode, all } = await npmRun("down", "--", "--purge");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await cluster.leftovers(), []);
    assert.equal((await cluster.config.makeApiClient(CoreV1Api).listNode()).items.length, pool.zones.length);
  });
});

/** By digest, as the program wants it; nobody pulls it. */
function referenceOf(name: string): string {
  return `registry.example/slipway/${name}@sha256:${"0".repeat(64)}`;
}
