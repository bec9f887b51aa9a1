import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../shell/paths.js";
import { npmRun, objects, settled, until } from "./platform.js";

const kinds = [
  "deployments,statefulsets,jobs,configmaps,secrets,services,ingresses,namespaces,resourcequotas,limitranges",
  "networkpolicies,poddisruptionbudgets,persistentvolumeclaims,serviceaccounts",
].join();

/** Every object of these kinds with what changes whenever it does. */
async function liveObjects(): Promise<Record<string, string>> {
  const all = await objects(kinds, "-A");
  return Object.fromEntries(
    all.map(({ kind, metadata: { namespace = "", name, uid, resourceVersion, generation = 0 } }) => [
      `${kind} ${namespace}/${name}`,
      `${uid}, version ${resourceVersion}, generation ${generation}`,
    ]),
  );
}

/** Every pod, and how often its containers were started. */
async function livePods(): Promise<Record<string, string>> {
  const pods = await objects("pods", "-A");
  return Object.fromEntries(
    pods.map(({ metadata, status }) => [
      `${metadata.namespace}/${metadata.name}`,
      `${metadata.uid}, restarts ${status.containerStatuses?.map((one: any) => one.restartCount).join()}`,
    ]),
  );
}

/**
 * What the engine knows of every resource. It lists them, and what each depends on, in the order in which they were
 * registered, which varies; and it encrypts secrets anew each time.
 */
function stateOfStack(): Record<string, string> {
  const file = join(paths.engine, "state/.pulumi/stacks/slipway/local.json");
  const resources: any[] = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest.resources;
  const withoutCiphertext = (key: string, value: unknown) => (key === "ciphertext" ? "" : value);
  return Object.fromEntries(
    resources.map(({ urn, id, inputs, outputs, created, modified, dependencies = [] }) => [
      urn,
      JSON.stringify([id, inputs, outputs, created, modified, dependencies.sort()], withoutCiphertext),
    ]),
  );
}

const filesAt = () =>
  [paths.kubeconfig, paths.acmeRoot, join(paths.pki, "ca.key")].map((file) => [file, readFileSync(file)]);

const servicesAt = () =>
  ["control-plane/services/etcd", "node-1/services/kubelet"].map((service) =>
    readFileSync(join(paths.hosts, service, "supervise/pid"), "utf8"),
  );

describe("a second `npm run up`", () => {
  let earlier: {
    objects: unknown;
    pods: unknown;
    state: Record<string, string>;
    files: unknown;
    services: unknown;
  };

  before(async () => {
    await settled();
    // The controllers write a workload's status a moment after its pods are ready.
    let last = "";
    await until("objects that stay as they are for a second", async () => {
      const previous = last;
      last = JSON.stringify(await liveObjects());
      return last === previous ? undefined : "they change";
    });
  });

  before(async () => {
    earlier = {
      objects: await liveObjects(),
      pods: await livePods(),
      state: stateOfStack(),
      files: filesAt(),
      services: servicesAt(),
    };
    await npmRun("up");
  });

  it("leaves every object of the cluster at the version that it had", async () => {
    assert.deepEqual(await liveObjects(), earlier.objects);
  });

  it("leaves every pod running, none started again", async () => {
    assert.deepEqual(await livePods(), earlier.pods);
  });

  it("leaves every resource in the engine's state as it was", () => {
    const [was, is] = [earlier.state, stateOfStack()];
    const urns = Object.keys(was);
    assert.ok(urns.length > 30, `only ${urns.length} resources`);
    assert.deepEqual(Object.keys(is).sort(), urns.sort());
    assert.deepEqual(
      urns.filter((urn) => is[urn] !== was[urn]),
      [],
    );
  });

  it("leaves the programs of the cluster running, with the same keys", () => {
    assert.deepEqual(servicesAt(), earlier.services);
    assert.deepEqual(filesAt(), earlier.files);
  });
});
