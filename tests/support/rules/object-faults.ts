import { type Registered, only } from "../program.js";
import type { Fault } from "./exposure-faults.js";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SERVICE = "kubernetes:core/v1:Service";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const deployment = (resources: Registered[]) =>
  only(resources, "kubernetes:apps/v1:Deployment", "journal-frontend").inputs;
const statefulSet = (resources: Registered[]) =>
  only(resources, "kubernetes:apps/v1:StatefulSet", "journal-redis").inputs;
const job = (resources: Registered[]) =>
  only(resources, "kubernetes:batch/v1:Job", "prisma-migrations").inputs.spec;
const frontend = (resources: Registered[]) => deployment(resources).spec.template.spec.containers[0];
const redis = (resources: Registered[]) => statefulSet(resources).spec.template.spec.containers[0];
const ingress = (resources: Registered[]) =>
  only(resources, "kubernetes:networking.k8s.io/v1:Ingress", "journal");
const ingressPath = (resources: Registered[]) => ingress(resources).inputs.spec.rules[0].http.paths[0];
const remove = (resources: Registered[], type: string, name: string) => {
  resources.splice(resources.indexOf(only(resources, type, name)), 1);
};

/** What was wrong in the texts that the platform was first described in. The ninth, a leaking password, is no rule's. */
export const originalFaults: Fault[] = [
  {
    is: "resources.request, without its s",
    caughtBy: "resourcesAreSet",
    make: (all) => {
      const { requests, ...resources } = frontend(all).resources;
      frontend(all).resources = { ...resources, request: requests };
    },
  },
  {
    is: "an Ingress path to a port that the Service does not have",
    caughtBy: "portsLeadSomewhere",
    make: (all) => (ingressPath(all).backend.service.port.number = 80),
  },
  {
    is: "a serviceName that is not the headless Service",
    caughtBy: "statefulSetsHaveHeadlessServices",
    make: (all) => (statefulSet(all).spec.serviceName = "redis"),
  },
  {
    is: "[[ in a script for sh",
    caughtBy: "scriptsArePosix",
    make: (all) => {
      const { data } = only(all, CONFIG_MAP, "journal-redis-config").inputs;
      data["launch.sh"] = data["launch.sh"].replace(/\[ (".*?") = (".*?") \]/, "[[ $1 = $2 ]]");
    },
  },
  {
    is: "a password of few characters",
    caughtBy: "passwordsAreStrong",
    make: (all) =>
      (only(all, "random:index/randomPassword:RandomPassword", "journal-redis-password").inputs.length = 8),
  },
  {
    is: "files with the mode 0777",
    caughtBy: "filesAreReadOnly",
    make: (all) => (statefulSet(all).spec.template.spec.volumes[0].configMap.defaultMode = 0o777),
  },
  {
    is: "a mount in the wrong container",
    caughtBy: "mountsMatchVolumes",
    make: (all) => frontend(all).volumeMounts.push(...redis(all).volumeMounts.splice(0, 1)),
  },
  {
    is: "an image called latest",
    caughtBy: "imagesAreImmutable",
    make: (all) => (frontend(all).image = "registry.example/slipway/journal-frontend:latest"),
  },
  {
    is: "somebody else's image by a version that will be another one tomorrow",
    caughtBy: "imagesAreImmutable",
    make: (all) => (frontend(all).image = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2"),
  },
  {
    is: "an image of a registry that is not ours, though by its digest",
    caughtBy: "imagesAreOurs",
    make: (all) => (frontend(all).image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`),
  },
  {
    is: "an image of ours in another account's registry than the stack file names",
    caughtBy: "imagesAreOurs",
    make: (all) => (frontend(all).image = frontend(all).image.replace("registry.example", "registry.test")),
  },
];

/** What came to mind since. */
export const otherFaults: Fault[] = [
  {
    is: "a container without limits",
    caughtBy: "resourcesAreSet",
    make: (all) => delete frontend(all).resources.limits,
  },
  {
    is: "limits above the requests",
    caughtBy: "resourcesAreSet",
    make: (all) => (frontend(all).resources.limits.memory = "8Gi"),
  },
  {
    is: "liveness that asks what readiness asks",
    caughtBy: "probesAreSet",
    make: (all) => (frontend(all).livenessProbe.httpGet.path = frontend(all).readinessProbe.httpGet.path),
  },
  { is: "no liveness probe", caughtBy: "probesAreSet", make: (all) => delete redis(all).livenessProbe },
  {
    is: "a container that may run as root",
    caughtBy: "podsAreRestricted",
    make: (all) => delete frontend(all).securityContext.runAsNonRoot,
  },
  {
    is: "a container that keeps a capability",
    caughtBy: "podsAreRestricted",
    make: (all) => (redis(all).securityContext.capabilities.drop = ["NET_RAW"]),
  },
  {
    is: "a volume of the node",
    caughtBy: "podsAreRestricted",
    make: (all) =>
      statefulSet(all).spec.template.spec.volumes.push({ name: "node", hostPath: { path: "/" } }),
  },
  {
    is: "a Job that may go on for ever",
    caughtBy: "jobsEnd",
    make: (all) => delete job(all).activeDeadlineSeconds,
  },
  {
    is: "a Job that nobody has to wait for its deadline of",
    caughtBy: "awaitsEnd",
    make: (all) => (job(all).activeDeadlineSeconds = 36_000),
  },
  {
    is: "a Job whose container is asked whether it is ready",
    caughtBy: "probesAreSet",
    make: (all) => (job(all).template.spec.containers[0].readinessProbe = { exec: { command: ["true"] } }),
  },
  {
    is: "a single pod",
    caughtBy: "workloadsOutliveANode",
    make: (all) => (deployment(all).spec.replicas = 1),
  },
  {
    is: "a number of pods that every update sets back, whatever the autoscaler wants",
    caughtBy: "workloadsOutliveANode",
    make: (all) => {
      only(all, "kubernetes:apps/v1:Deployment", "chat-server").inputs.spec.replicas = 2;
    },
  },
  {
    is: "an autoscaler that goes down to a single pod",
    caughtBy: "workloadsOutliveANode",
    make: (all) => {
      only(all, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "chat-server").inputs.spec.minReplicas =
        1;
    },
  },
  {
    is: "no disruption budget",
    caughtBy: "workloadsOutliveANode",
    make: (all) => {
      remove(all, "kubernetes:policy/v1:PodDisruptionBudget", "journal-redis");
    },
  },
  {
    is: "a namespace that admits every pod",
    caughtBy: "namespacesAreGuarded",
    make: (all) => (only(all, "kubernetes:core/v1:Namespace", "journal").inputs.metadata.labels = {}),
  },
  {
    is: "traffic that nobody asked for",
    caughtBy: "namespacesAreGuarded",
    make: (all) => {
      remove(all, POLICY, "journal-deny-all");
    },
  },
  {
    is: "a ConfigMap that keeps its name when its data change",
    caughtBy: "dataAreImmutable",
    make: (all) => (only(all, CONFIG_MAP, "journal-frontend-config").inputs.data.journalEntries = "11"),
  },
  {
    is: "a Secret that may be changed",
    caughtBy: "dataAreImmutable",
    make: (all) => delete only(all, "kubernetes:core/v1:Secret", "journal-redis").inputs.immutable,
  },
  {
    is: "a selector without pods",
    caughtBy: "selectorsFindPods",
    make: (all) =>
      (only(all, SERVICE, "journal-redis").inputs.spec.selector["app.kubernetes.io/component"] = "cache"),
  },
  {
    is: "a policy for callers that do not exist",
    caughtBy: "selectorsFindPods",
    make: (all) =>
      (only(all, POLICY, "journal-redis").inputs.spec.ingress[0].from[0].podSelector.matchLabels = {
        app: "front-end",
      }),
  },
  {
    is: "a key that the ConfigMap does not have",
    caughtBy: "namedObjectsExist",
    make: (all) => (frontend(all).env[0].valueFrom.configMapKeyRef.key = "JOURNAL_ENTRIES"),
  },
  {
    is: "a Secret of another name",
    caughtBy: "namedObjectsExist",
    make: (all) => (deployment(all).spec.template.spec.volumes[0].secret.secretName = "redis-password"),
  },
  {
    is: "a Service without a container's port behind it",
    caughtBy: "portsLeadSomewhere",
    make: (all) => (redis(all).ports[0].name = "client"),
  },
  {
    is: "a password file where nothing is mounted",
    caughtBy: "pathsAreMounted",
    make: (all) => (frontend(all).volumeMounts[0].mountPath = "/etc/redis"),
  },
];
