import { isDeepStrictEqual } from "node:util";
import { versionedName } from "../../../infra/k8s/versioned-config-map.js";
import { ofKind, type Registered } from "../program.js";
import {
  type Rule,
  type StackRule,
  eachContainer,
  endsByItself,
  selects,
  titleOf,
  workloadsOf,
} from "./workloads.js";

const amounts = ["cpu", "memory", "ephemeral-storage"];

/** Each container asks for everything that it may use: a misspelt key would be a pod without limits. */
export const resourcesAreSet: Rule = (resources) =>
  eachContainer(resources, ({ resources: { requests, limits, ...others } }) => [
    ...Object.keys(others).map((key) => `"${key}" is no key of resources`),
    ...amounts.filter((key) => !requests?.[key]).map((key) => `requests no ${key}`),
    ...(isDeepStrictEqual(requests, limits) ? [] : ["its requests are not its limits"]),
  ]);

/** Readiness and liveness are asked for, and are not the same question; of what ends by itself nothing is asked. */
export const probesAreSet: Rule = (resources) =>
  eachContainer(resources, ({ readinessProbe, livenessProbe, restartPolicy }, { kind }) => {
    if (endsByItself(kind) && restartPolicy !== "Always")
      return readinessProbe || livenessProbe ? ["is asked, though it ends by itself"] : [];
    return [
      ...(readinessProbe ? [] : ["has no readiness probe"]),
      ...(livenessProbe ? [] : ["has no liveness probe"]),
      ...(isDeepStrictEqual(question(readinessProbe), question(livenessProbe))
        ? ["asks the same question twice"]
        : []),
    ];
  });

function question({ httpGet, exec, tcpSocket, grpc }: any = {}) {
  return { httpGet, exec, tcpSocket, grpc };
}

/** The Pod Security Standard "restricted", and what we ask for beyond it. */
export const podsAreRestricted: Rule = (resources) => {
  const pods = workloadsOf(resources).flatMap(({ title, pod }) => {
    const faults = [
      ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => pod[key]),
      ...(pod.automountServiceAccountToken === false ? [] : ["gets a token of the Kubernetes API"]),
      ...(pod.enableServiceLinks === false ? [] : ["gets a variable for every Service"]),
      ...(pod.securityContext?.seccompProfile?.type === "RuntimeDefault" ? [] : ["has no seccomp profile"]),
      ...(pod.securityContext?.fsGroup >= 10_000 ? [] : ["has no group of its own"]),
      ...pod.volumes
        .filter((volume: any) => !["configMap", "secret", "emptyDir"].some((kind) => volume[kind]))
        .map(({ name }: any) => `has the volume "${name}" of a kind that is not allowed`),
    ];
    return faults.map((fault) => `${title}: ${fault}`);
  });
  const containers = eachContainer(
    resources,
    ({ securityContext: context = {}, ports = [], terminationMessagePolicy }) => [
      ...(context.runAsNonRoot === true ? [] : ["may run as root"]),
      ...(context.runAsUser >= 10_000 && context.runAsGroup >= 10_000 ? [] : ["runs as a user of the node"]),
      ...(context.allowPrivilegeEscalation === false ? [] : ["may gain privileges"]),
      ...(context.privileged ? ["is privileged"] : []),
      ...(context.readOnlyRootFilesystem === true ? [] : ["may write to its image"]),
      ...(isDeepStrictEqual(context.capabilities, { drop: ["ALL"] }) ? [] : ["keeps capabilities"]),
      ...(ports.some(({ hostPort }: any) => hostPort) ? ["takes a port of the node"] : []),
      ...(terminationMessagePolicy === "FallbackToLogsOnError" ? [] : ["dies without saying why"]),
    ],
  );
  return [...pods, ...containers];
};

/** A mounted file is read by the app and written by nobody: 0777 lets every process replace a script or a password. */
export const filesAreReadOnly: Rule = (resources) =>
  workloadsOf(resources).flatMap(({ title, pod }) =>
    pod.volumes
      .map(({ name, configMap, secret }: any) => ({ name, source: configMap ?? secret }))
      .filter(
        ({ source }: any) =>
          source && (source.defaultMode === undefined || (source.defaultMode & 0o337) !== 0),
      )
      .map(({ name, source }: any) => `${title}: "${name}" has the mode ${source.defaultMode?.toString(8)}`),
  );

/** Somebody else's, who never gives a version to another image. */
const releases = /^gcr\.io\/cloud-sql-connectors\/cloud-sql-proxy:\d+\.\d+\.\d+$/;

/** A reference says which image it is, for ever. */
export const imagesAreImmutable: Rule = (resources) =>
  eachContainer(resources, ({ image }) =>
    /(:v\d+\.\d+\.\d+-[0-9a-f]{7,40}|@sha256:[0-9a-f]{64})$/.test(image) || releases.test(image)
      ? []
      : [`"${image}" may change`],
  );

/** An image is one that the stack file names, in our place of a registry, or one that we chose of somebody else's. */
export const imagesAreOurs: StackRule = (resources, config) => {
  const named = Object.values<string>(config["slipway:images"]);
  return [
    ...named.filter((image) => !ourPlaces.test(image)).map((image) => `"${image}" is in no registry of ours`),
    ...eachContainer(resources, ({ image }) =>
      named.includes(image) || releases.test(image) ? [] : [`"${image}" is nobody's choice`],
    ),
  ];
};

/** What `npm run push` and `npm run up` write, and what is committed before anybody has pushed. */
const ourPlaces =
  /^([a-z0-9-]+-docker\.pkg\.dev\/[^/]+\/slipway|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/slipway|slipway\.local|registry\.example\/slipway)\/[a-z-]+[:@]/;

/** A Job is tried again a bounded number of times, for a bounded time, and again when it has failed. */
export const jobsEnd: Rule = (resources) =>
  workloadsOf(resources)
    .filter(({ kind }) => endsByItself(kind))
    .flatMap(({ title, spec, pod, resource }) => [
      ...(spec.backoffLimit <= 5 ? [] : [`${title}: is tried again too often`]),
      ...(spec.activeDeadlineSeconds > 0 ? [] : [`${title}: may go on for ever`]),
      ...(pod.restartPolicy === "Never" ? [] : [`${title}: loses the log of what failed`]),
      ...(resource.inputs.metadata.annotations?.["pulumi.com/replaceUnready"] === "true"
        ? []
        : [`${title}: stays failed`]),
      ...(spec.ttlSecondsAfterFinished === undefined
        ? []
        : [`${title}: is gone before the engine looks again`]),
    ]);

/** Pods of one kind stand on different nodes, and not all of them may be evicted at once. */
export const workloadsOutliveANode: Rule = (resources) =>
  workloadsOf(resources)
    .filter(({ kind }) => !endsByItself(kind))
    .flatMap(({ title, namespace, labels, resource, pod }) => [
      ...(leastPods(resource, resources) >= 2 || isStandIn(resource)
        ? []
        : [`${title}: has ${leastPods(resource, resources)} pod`]),
      ...(pod.topologySpreadConstraints?.length >= 2 ? [] : [`${title}: is not spread over nodes and zones`]),
      ...(pod.affinity?.podAntiAffinity ? [] : [`${title}: may stand on one node`]),
      ...(ofKind(resources, "PodDisruptionBudget").some(
        ({ inputs }) =>
          inputs.metadata.namespace === namespace && selects(inputs.spec.selector.matchLabels, labels),
      )
        ? []
        : [`${title}: has no disruption budget`]),
    ]);

/** A namespace with pods enforces "restricted", has a quota and limits, and denies all traffic that nobody allowed. */
export const namespacesAreGuarded: Rule = (resources) =>
  [...new Set(workloadsOf(resources).map(({ namespace }) => namespace))].flatMap((namespace) => {
    const within = (kind: string) =>
      ofKind(resources, kind).filter(({ inputs }) => inputs.metadata.namespace === namespace);
    const labels = ofKind(resources, "Namespace").find(({ inputs }) => inputs.metadata.name === namespace)
      ?.inputs.metadata.labels;
    const deniesAll = within("NetworkPolicy").some(({ inputs: { spec } }) =>
      isDeepStrictEqual(spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    );
    return [
      ...(labels?.["pod-security.kubernetes.io/enforce"] === "restricted"
        ? []
        : [`${namespace}: admits every pod`]),
      ...(within("ResourceQuota").length === 1 ? [] : [`${namespace}: has no quota`]),
      ...(within("LimitRange").length === 1 ? [] : [`${namespace}: has no limits`]),
      ...(deniesAll ? [] : [`${namespace}: allows traffic that nobody asked for`]),
    ];
  });

/** Data never change under running pods: ConfigMaps and Secrets are immutable, a ConfigMap's name follows its data. */
export const dataAreImmutable: Rule = (resources) => [
  ...[...ofKind(resources, "ConfigMap"), ...ofKind(resources, "Secret")]
    .filter(({ inputs }) => inputs.immutable !== true)
    .map((resource) => `${titleOf(resource)}: may be changed`),
  ...ofKind(resources, "ConfigMap")
    .filter(({ inputs }) => {
      const base = String(inputs.metadata.name).replace(/-[^-]*$/, "");
      return inputs.metadata.name !== versionedName(base, inputs.data);
    })
    .map((resource) => `${titleOf(resource)}: its name does not follow its data`),
];

/** What an autoscaler keeps it at, when it has one: then it must not have a number of its own. */
function leastPods({ inputs }: Registered, resources: readonly Registered[]): number {
  const autoscaler = ofKind(resources, "HorizontalPodAutoscaler").find(
    (other) =>
      other.inputs.metadata.namespace === inputs.metadata.namespace &&
      isDeepStrictEqual(other.inputs.spec.scaleTargetRef, {
        apiVersion: inputs.apiVersion,
        kind: inputs.kind,
        name: inputs.metadata.name,
      }),
  );
  if (!autoscaler) return inputs.spec.replicas;
  return "replicas" in inputs.spec ? 0 : autoscaler.inputs.spec.minReplicas;
}

/** What stands on the local cluster for a service of the clouds need not outlive a node. */
function isStandIn({ parent }: Registered): boolean {
  return parent.split("::")[2]?.split("$").at(-1)?.startsWith("slipway:local:") ?? false;
}
