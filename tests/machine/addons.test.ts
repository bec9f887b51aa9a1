import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { addonManifests } from "../../machine/addons.js";
import { images } from "../../machine/images.js";

const folder = join(import.meta.dirname, "../../machine/addons");
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const built = images
  .filter(({ internal }) => internal !== true)
  .map(({ name }) => ({ name, reference: `slipway.local/${name}@${digest}` }));

interface Pod {
  name: string;
  spec: Record<string, any>;
}

/** Containers that may do more than the others, and why. */
const privileged: Record<string, string> = {
  "helper-pod": "makes and removes volumes' folders on the node, whoever owns what is in them",
};

describe("machine/addons", () => {
  const documents = parseAllDocuments(addonManifests(built));
  const objects: Record<string, any>[] = documents.map((document) => document.toJS());

  /** The pods of all workloads, and those that the volume provisioner makes. */
  const pods: Pod[] = objects.flatMap(({ kind, metadata, spec, data }): Pod[] => {
    if (spec?.template !== undefined) return [{ name: metadata.name, spec: spec.template.spec }];
    if (kind === "ConfigMap" && data["helperPod.yaml"] !== undefined) {
      const { metadata: helper, spec: helperSpec } = parse(data["helperPod.yaml"]);
      return [{ name: helper.name, spec: helperSpec }];
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

  it("take every image by digest, of those that are built here", () => {
    for (const { name, container } of containers)
      assert.match(container.image, /^slipway\.local\/[\w-]+@sha256:[0-9a-f]{64}$/, name);
    const mentioned = addonManifests(built).match(/slipway\.local\/\S+/g) ?? [];
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
      assert.ok(container.resources.requests.cpu && container.resources.limits.memory, name);
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

  it("are allowed what they name and nothing by wildcard", () => {
    const rules = objects.flatMap(({ rules: own }) => own ?? []);
    assert.ok(rules.length > 10);
    for (const { verbs, resources, apiGroups } of rules)
      assert.equal([...verbs, ...resources, ...apiGroups].includes("*"), false);
    const bound = objects.filter(({ roleRef }) => roleRef?.name === "cluster-admin");
    assert.deepEqual(bound, []);
  });

  it("leave a name alone whose image is not there, rather than to take another", () => {
    assert.match(addonManifests([]), /image: slipway\.local\/traefik$/m);
  });
});
