import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { addonFiles, addonManifests } from "../../machine/addons.js";
import type { AddonFiles } from "../../machine/addons.js";
import { images } from "../../machine/images.js";

const folder = join(import.meta.dirname, "../../machine/addons");
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const built = images
  .filter(({ internal }) => internal !== true)
  .map(({ name }) => ({ name, reference: `slipway.local/${name}@${digest}` }));

const files = Object.fromEntries(addonFiles.map((name) => [name, `text of ${name}`])) as AddonFiles;

interface Pod {
  name: string;
  namespace: string;
  spec: Record<string, any>;
}

/** Containers that may do more than the others, and why. */
const privileged: Record<string, string> = {
  "helper-pod": "makes and removes volumes' folders on the node, whoever owns what is in them",
};

describe("machine/addons", () => {
  it("give the helper of the volume provisioner no way to more rights", () => {
    const helper = containers.find(({ name }) => name === "helper-pod")?.own;
    assert.equal(helper.allowPrivilegeEscalation, false);
    assert.equal(helper.readOnlyRootFilesystem, true);
    assert.deepEqual(helper.seccompProfile, { type: "RuntimeDefault" });
  });

  const documents = parseAllDocuments(addonManifests(built, files));
  const objects: Record<string, any>[] = documents.map((document) => document.toJS());

  /** The pods of all workloads, and those that the volume provisioner makes. */
  const pods: Pod[] = objects.flatMap(({ kind, metadata, spec, data }): Pod[] => {
    const { namespace } = metadata;
    if (spec?.template !== undefined) return [{ name: metadata.name, namespace, spec: spec.template.spec }];
    if (kind === "ConfigMap" && data["helperPod.yaml"] !== undefined) {
      const { metadata: helper, spec: helperSpec } = parse(data["helperPod.yaml"]);
      return [{ name: helper.name, namespace, spec: helperSpec }];
    }
    return [];
  });
  const containers = pods.flatMap(({ name, spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].map((container: Record<string, any>) => ({
      name,
      pod: spec.securityContext ?? {},
      container,
      own: container.securityContext ?? {},
    })),
  );
  const ordinary = containers.filter(({ name }) => privileged[name] === undefined);

  it("are all the files of the folder, as YAML without a fault", () => {
    const problems = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
    assert.deepEqual(problems, []);
    assert.deepEqual(readdirSync(folder).sort(), [
      "coredns.yaml",
      "local-path.yaml",
      "metrics-server.yaml",
      "traefik.yaml",
    ]);
    const separate = readdirSync(folder).flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), "utf8")),
    );
    assert.equal(objects.length, separate.length);
    for (const object of objects) assert.ok(object.apiVersion && object.kind && object.metadata.name);
  });

  it("run what they are, each object once", () => {
    assert.deepEqual(pods.map(({ name }) => name).sort(), [
      "coredns",
      "helper-pod",
      "local-path-provisioner",
      "metrics-server",
      "traefik",
    ]);
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it("answer names on every node, each for itself, so that no node waits for one that is cut off", () => {
    const dns = objects.filter(({ metadata }) => metadata.labels?.["k8s-app"] === "kube-dns");
    assert.deepEqual(dns.map(({ kind }) => kind).sort(), ["DaemonSet", "Service"]);
    assert.equal(dns.find(({ kind }) => kind === "Service")?.spec.internalTrafficPolicy, "Local");
  });

  it("take every image by digest, of those that are built here", () => {
    for (const { name, container } of containers)
      assert.match(container.image, /^slipway\.local\/[\w-]+@sha256:[0-9a-f]{64}$/, name);
    const mentioned = addonManifests(built, files).match(/slipway\.local\/\S+/g) ?? [];
    assert.equal(mentioned.length, 6);
    for (const reference of mentioned) assert.ok(reference.endsWith(`@${digest}`), reference);
  });

  it("run as an ordinary user on a read-only root, without capabilities and with a seccomp profile", () => {
    assert.equal(ordinary.length, 4);
    for (const { name, pod, own, container } of ordinary) {
      const context = { ...pod, ...own };
      assert.equal(context.runAsNonRoot, true, name);
      assert.notEqual(context.runAsUser, 0, name);
      assert.equal(context.readOnlyRootFilesystem, true, name);
      assert.equal(context.allowPrivilegeEscalation, false, name);
      assert.deepEqual(context.capabilities, { drop: ["ALL"] }, name);
      assert.deepEqual(context.seccompProfile, { type: "RuntimeDefault" }, name);
      const { requests, limits } = container.resources;
      assert.ok(requests.cpu && limits.cpu && limits.memory, name);
      for (const kind of ["memory", "ephemeral-storage"]) assert.equal(requests[kind], limits[kind], name);
    }
  });

  it("give the one that may do more only what it needs for that", () => {
    const others = containers.filter(({ name }) => privileged[name] !== undefined);
    assert.deepEqual(
      others.map(({ name }) => name),
      Object.keys(privileged),
    );
    for (const { name, own } of others) {
      assert.deepEqual(own.capabilities, { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] }, name);
      assert.notEqual(own.privileged, true, name);
    }
  });

  it("share nothing of the node with their pods", () => {
    for (const { name, spec } of pods) {
      for (const key of ["hostNetwork", "hostPID", "hostIPC"]) assert.equal(spec[key], undefined, name);
      for (const volume of spec.volumes ?? []) assert.equal(volume.hostPath, undefined, name);
    }
  });

  it("are in namespaces that enforce Pod Security, restricted but for the one whose pods mount the node's folders", () => {
    const levels = objects
      .filter(({ kind }) => kind === "Namespace")
      .map(({ metadata }) => [metadata.name, metadata.labels["pod-security.kubernetes.io/enforce"]]);
    assert.deepEqual(levels, [
      ["kube-system", "restricted"],
      ["local-path-storage", "privileged"],
      ["ingress", "restricted"],
    ]);
    const namespaced = objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined);
    assert.deepEqual([...new Set(namespaced)].sort(), levels.map(([name]) => name).sort());
    for (const { name, namespace, spec } of pods) {
      if (privileged[name] !== undefined) assert.equal(namespace, "local-path-storage", name);
      const kinds = (spec.volumes ?? []).map((volume: object) =>
        Object.keys(volume).find((key) => key !== "name"),
      );
      for (const kind of kinds)
        assert.ok(["configMap", "secret", "emptyDir"].includes(kind), `${name}: ${kind}`);
    }
  });

  it("are allowed what they name and nothing by wildcard", () => {
    const rules = objects.flatMap(({ rules: own }) => own ?? []);
    assert.ok(rules.length > 10);
    for (const { verbs, resources, apiGroups } of rules)
      assert.equal([...verbs, ...resources, ...apiGroups].includes("*"), false);
    const bound = objects.filter(({ roleRef }) => roleRef?.name === "cluster-admin");
    assert.deepEqual(bound, []);
  });

  it("are not made with an image or a file that is not there", () => {
    assert.throws(() => addonManifests([], files), {
      message: /^machine\/addons: expected one of the images none, got "coredns"; correct the manifest$/,
    });
    const others = Object.fromEntries(Object.entries(files).filter(([name]) => name !== "ca.crt"));
    assert.throws(() => addonManifests(built, others as AddonFiles), {
      message: /^machine\/addons: expected one of the files metrics-server.crt, .*, got "ca.crt"/,
    });
  });

  it("have the API server check the certificate that metrics-server shows", () => {
    const find = (kind: string) => objects.find((object) => object.kind === kind);
    const decoded = (text: string) => Buffer.from(text, "base64").toString();
    const { spec } = find("APIService") ?? {};
    assert.equal(spec.insecureSkipTLSVerify, undefined);
    assert.equal(decoded(spec.caBundle), "text of ca.crt");
    const { metadata, type, data } = find("Secret") ?? {};
    assert.equal(type, "kubernetes.io/tls");
    assert.deepEqual(
      ["tls.crt", "tls.key"].map((name) => decoded(data[name])),
      ["text of metrics-server.crt", "text of metrics-server.key"],
    );
    const pod = pods.find(({ name }) => name === "metrics-server")?.spec;
    const [{ command, volumeMounts }] = pod?.containers ?? [];
    const [{ secret }] = pod?.volumes ?? [];
    assert.deepEqual(secret, { secretName: metadata.name, defaultMode: 0o440 });
    for (const [flag, file] of [
      ["--tls-cert-file", "tls.crt"],
      ["--tls-private-key-file", "tls.key"],
    ] as const)
      assert.ok(command.includes(`${flag}=${volumeMounts[0].mountPath}/${file}`), flag);
  });
});
