import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processesIn } from "../../machine/control-groups.js";
import { nodeIndexes, nodeName } from "../../machine/layout.js";
import { unlessGone } from "../../shell/processes.js";
import { objects, refusalOf, settings } from "./platform.js";

const hardened = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  runAsUser: 10001,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const small = { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1Mi" };

/** A pod that fits in, but for what is said. */
const pod = (spec: object = {}, security: object = {}, resources: object = small, containers = 1) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "probe", namespace: "journal" },
  spec: {
    containers: Array.from({ length: containers }, (_, index) => ({
      name: `probe-${index}`,
      image: "probe",
      resources: { requests: resources, limits: resources },
      securityContext: { ...hardened, ...security },
    })),
    ...spec,
  },
});

/** What the kernel says about a process, by the names of /proc/PID/status; nothing if it is gone. */
function processStatus(pid: number): Record<string, string> | undefined {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  if (text === "") return undefined;
  const lines = text.trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(":\t") as [string, string]));
}

/** What a process may do that none in a pod should; nothing if it may do no more than it should, or is gone. */
function weaknessOf(pid: number) {
  const { Name, Uid, Gid, CapEff, CapBnd, NoNewPrivs, Seccomp } = processStatus(pid) ?? {};
  const safe =
    [Uid, Gid].every((ids) => !ids?.split("\t").includes("0")) &&
    [CapEff, CapBnd].every((set) => /^0+$/.test(set ?? ""));
  // The container that holds a pod's namespaces runs one system call for ever and is Kubernetes' own.
  if (Name === undefined || Name === "pause" || (safe && NoNewPrivs === "1" && Seccomp === "2"))
    return undefined;
  return { pid, Name, Uid, CapEff, NoNewPrivs, Seccomp };
}

describe("the pods", () => {
  const spread = {
    journal: { frontend: [2], fileserver: [2], redis: [3] },
    // Its autoscaler may have found a third server useful.
    chat: { server: [2, 3], client: [2], redis: [3] },
  };
  for (const [namespace, components] of Object.entries(spread)) {
    for (const [component, replicas] of Object.entries(components)) {
      it(`of the ${namespace}'s ${component} are spread over nodes, no two on the same`, async () => {
        const selector = `app.kubernetes.io/component=${component}`;
        const pods = await objects("pods", "-n", namespace, "-l", selector);
        const nodes = pods.map(({ spec }) => spec.nodeName as string);
        assert.ok(replicas.includes(nodes.length), `${nodes.length} pods`);
        assert.equal(new Set(nodes).size, nodes.length, nodes.join(", "));
      });
    }
  }

  it("of every namespace run images by digest", async () => {
    const images = (await objects("pods", "-A")).flatMap(({ spec }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].map(({ image }) => image as string),
    );
    assert.ok(images.length >= 11, `only ${images.length} containers`);
    assert.deepEqual(
      images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image)),
      [],
    );
  });

  it("have no process that is root, has a capability, may gain one, or goes without seccomp", async () => {
    const pids = nodeIndexes(settings()).flatMap((index) => processesIn(`${nodeName(index)}/kubepods`));
    assert.ok(pids.length >= 22, `only ${pids.length} processes`);
    const weak = () => pids.flatMap((pid) => weaknessOf(pid) ?? []);
    const before = weak();
    // A probe's process is the runtime's until it is inside the container, and drops its rights on the way.
    await sleep(3000);
    const still = weak().filter(({ pid }) => before.some((other) => other.pid === pid));
    assert.deepEqual(still, []);
  });

  it("that are hardened are let into the journal's namespace", async () => {
    assert.equal(await refusalOf(pod()), "");
  });

  const weak: Record<string, object> = {
    "a privileged pod": pod({}, { privileged: true, allowPrivilegeEscalation: true }),
    "a pod that may be root": pod({}, { runAsNonRoot: false, runAsUser: 0 }),
    "a pod that may gain privileges": pod({}, { allowPrivilegeEscalation: true }),
    "a pod with capabilities": pod({}, { capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }),
    "a pod without seccomp": pod({}, { seccompProfile: { type: "Unconfined" } }),
    "a pod in the node's network": pod({ hostNetwork: true }),
    "a pod among the node's processes": pod({ hostPID: true }),
    "a pod with the node's files": pod({ volumes: [{ name: "root", hostPath: { path: "/" } }] }),
  };
  for (const [what, object] of Object.entries(weak)) {
    it(`are refused by the journal's namespace: ${what}`, async () => {
      assert.match(await refusalOf(object), /violates PodSecurity "restricted:v1\.\d+"/);
    });
  }

  it("stay within the namespace's quota: what would go beyond it is refused", async () => {
    const [quota] = await objects("resourcequotas", "-n", "journal");
    assert.deepEqual(
      Object.keys(quota.status.hard as object).filter((key) => !(key in quota.status.used)),
      [],
    );
    const [limits] = await objects("limitranges", "-n", "journal");
    const largest = limits.spec.limits[0].max as object;
    assert.match(await refusalOf(pod({}, {}, largest, 20)), /exceeded quota: journal/);
    const huge = { ...small, memory: "100Gi" };
    assert.match(await refusalOf(pod({}, {}, huge)), /maximum memory usage per Container is/);
  });
});
