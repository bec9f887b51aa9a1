import type { StepEventStateMetadata } from "@pulumi/pulumi/automation/index.js";
import type { ResourceChange } from "./report.js";
import { valueAt } from "./values.js";

/** A change with the resource's properties before and after, of which a rule may look at any. */
export interface Step extends ResourceChange {
  readonly old?: Pick<StepEventStateMetadata, "inputs" | "protect">;
  readonly new?: Pick<StepEventStateMetadata, "inputs" | "protect">;
}

interface Rule {
  /** What a person loses. */
  readonly what: "data" | "service" | "protection";
  readonly reason: string;

  /** Types of resources that it is about. */
  readonly types: RegExp;
  readonly when: (step: Step) => boolean;
}

const gone = ({ action }: Step) => action === "delete" || action === "replace";
const everyType = /./;
const sqlInstance = /^gcp:sql\/databaseInstance:/;
const workload = /^kubernetes:apps\/v1:(Deployment|StatefulSet|DaemonSet)$/;

const isReplica = ({ old }: Step) => typeof valueAt(old?.inputs, "masterInstanceName") === "string";
const before = ({ old }: Step, path: string) => valueAt(old?.inputs, path);
const after = (step: Step, path: string) => valueAt(step.new?.inputs, path);

/** What was switched on is no longer. */
const turnedOff = (step: Step, path: string) =>
  step.action === "update" && before(step, path) === true && after(step, path) !== true;

/** What was switched off, or absent, is on. */
const turnedOn = (step: Step, path: string) =>
  step.action === "update" && before(step, path) !== true && after(step, path) === true;

const changes = (step: Step, path: RegExp) =>
  step.action === "update" && step.properties.some((property) => path.test(property.path));

/** Every rule by its name. A change may fall under several. */
export const risks: Readonly<Record<string, Rule>> = {
  cluster: {
    what: "data",
    reason: "the whole cluster goes: every pod, every volume, every address of a load balancer",
    types: /^(gcp:container\/cluster:|aws:eks\/cluster:|eks:index:Cluster$)/,
    when: gone,
  },
  database: {
    what: "data",
    reason: "the database goes with its backups; Google keeps its name taken for a week",
    types: sqlInstance,
    when: (step) => gone(step) && !isReplica(step),
  },
  schema: {
    what: "data",
    reason: "its tables go",
    types: /^gcp:sql\/database:/,
    when: gone,
  },
  volume: {
    what: "data",
    reason: "what is stored on it goes",
    types: /^(kubernetes:core\/v1:PersistentVolume(Claim)?$|gcp:compute\/disk:|aws:ebs\/volume:)/,
    when: gone,
  },
  namespace: {
    what: "data",
    reason: "everything in it goes, volumes too",
    types: /^kubernetes:core\/v1:Namespace$/,
    when: gone,
  },
  encryptionKey: {
    what: "data",
    reason: "what it encrypts can no longer be read: secrets of the cluster, disks, images, logs",
    types: /^(gcp:kms\/(keyRing|cryptoKey|cryptoKeyVersion):|aws:kms\/key:)/,
    when: gone,
  },
  registry: {
    what: "data",
    reason: "its images go: a pod that moves to another node cannot start, and nothing can be rolled back",
    types: /^(gcp:artifactregistry\/repository:|aws:ecr\/repository:)/,
    when: gone,
  },
  bucket: {
    what: "data",
    reason: "what is stored in it goes",
    types: /^(gcp:storage\/bucket:|aws:s3\/bucket)/,
    when: gone,
  },
  provider: {
    what: "data",
    reason: "everything that goes through it is taken for being elsewhere, and made anew",
    types: /^pulumi:providers:/,
    when: gone,
  },
  statefulSet: {
    what: "service",
    reason: "all of its pods stop at once; its volumes stay only if their retention policy says so",
    types: /^kubernetes:apps\/v1:StatefulSet$/,
    when: gone,
  },
  workload: {
    what: "service",
    reason: "its pods stop, and nothing answers until others are ready",
    types: /^kubernetes:apps\/v1:(Deployment|DaemonSet)$/,
    when: gone,
  },
  recreate: {
    what: "service",
    reason: 'its strategy is "Recreate": the pods stop before the new ones start',
    types: /^kubernetes:apps\/v1:Deployment$/,
    when: (step) => after(step, "spec.strategy.type") === "Recreate" && changes(step, /^spec\.template\b/),
  },
  noReplicas: {
    what: "service",
    reason: "no pod is left of it",
    types: workload,
    when: (step) => after(step, "spec.replicas") === 0 && before(step, "spec.replicas") !== 0,
  },
  secretSource: {
    what: "service",
    reason: "another value is made up: whoever still has the old password is refused",
    types: /^random:index\/random/,
    when: gone,
  },
  databaseUser: {
    what: "service",
    reason: "programs that sign in as this user are refused",
    types: /^gcp:sql\/user:/,
    when: gone,
  },
  readReplica: {
    what: "service",
    reason: "who reads from the replica finds nothing until another has copied the database",
    types: sqlInstance,
    when: (step) => gone(step) && isReplica(step),
  },
  databaseRestart: {
    what: "service",
    reason: "the database restarts: connections break for about a minute",
    types: sqlInstance,
    when: (step) =>
      changes(step, /^(databaseVersion$|settings\.(tier|availabilityType|edition|databaseFlags)\b)/),
  },
  nodes: {
    what: "service",
    reason: "its nodes go: pods move, or wait where there is no room for them",
    types: /^(gcp:container\/nodePool:|aws:eks\/nodeGroup:|eks:index:\w*NodeGroup\w*$)/,
    when: gone,
  },
  network: {
    what: "service",
    reason: "what is connected to it loses its connection",
    types:
      /^(gcp:compute\/(network|subnetwork|router|routerNat):|gcp:servicenetworking\/|aws:ec2\/(vpc|subnet|natGateway|internetGateway|routeTable|route|routeTableAssociation|securityGroup):)/,
    when: gone,
  },
  address: {
    what: "service",
    reason: "the address is given back: names, and other people's rules, still point to it",
    types: /^(gcp:compute\/(globalAddress|address):|aws:ec2\/eip:)/,
    when: gone,
  },
  entry: {
    what: "service",
    reason: "nobody gets in from outside, or by this name, until there is another",
    types:
      /^(kubernetes:(networking\.k8s\.io\/v1:Ingress|core\/v1:Service)$|kubernetes:networking\.gke\.io\/|gcp:dns\/|aws:(route53\/(record|zone)|acm\/certificate):)/,
    when: gone,
  },
  configuration: {
    what: "service",
    reason: "pods that still name it cannot start again",
    types: /^kubernetes:core\/v1:(Secret|ServiceAccount)$/,
    // One that is made before the old one goes has a name of its own, which the pods have by then.
    when: ({ action, deletedFirst }) => action === "delete" || deletedFirst === true,
  },
  unprotected: {
    what: "protection",
    reason: "Pulumi no longer refuses to delete it",
    types: everyType,
    when: (step) => step.action === "update" && step.old?.protect === true && step.new?.protect !== true,
  },
  deletionProtection: {
    what: "protection",
    reason: "the cloud no longer refuses to delete it",
    types: everyType,
    when: (step) =>
      ["deletionProtection", "settings.deletionProtectionEnabled"].some((path) => turnedOff(step, path)) ||
      ["forceDelete", "forceDestroy"].some((path) => turnedOn(step, path)),
  },
  backups: {
    what: "protection",
    reason: "what is lost from now on cannot be brought back",
    types: sqlInstance,
    when: (step) =>
      ["enabled", "binaryLogEnabled"].some((key) => turnedOff(step, `settings.backupConfiguration.${key}`)),
  },
};

/** Names of the rules that a change falls under. */
export function risksOf(step: Step): string[] {
  return Object.entries(risks)
    .filter(([, { types, when }]) => types.test(step.type) && when(step))
    .map(([name]) => name);
}
