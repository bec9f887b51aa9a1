/** What a machine of a cloud has, before Kubernetes takes its share. */
interface Machine {
  readonly cpus: number;
  readonly memoryGib: number;

  /** Pods that fit by their addresses. */
  readonly pods: number;
}

// https://cloud.google.com/compute/docs/general-purpose-machines; GKE gives 110 pods to a node.
const google: Record<string, Machine> = {
  "e2-medium": { cpus: 2, memoryGib: 4, pods: 110 },
  "e2-standard-2": { cpus: 2, memoryGib: 8, pods: 110 },
  "e2-standard-4": { cpus: 4, memoryGib: 16, pods: 110 },
  "e2-standard-8": { cpus: 8, memoryGib: 32, pods: 110 },
  "n2-standard-2": { cpus: 2, memoryGib: 8, pods: 110 },
  "n2-standard-4": { cpus: 4, memoryGib: 16, pods: 110 },
  "n2-standard-8": { cpus: 8, memoryGib: 32, pods: 110 },
};

// https://docs.aws.amazon.com/ec2/latest/instancetypes; pods by network interfaces and addresses of each.
const amazon: Record<string, Machine> = {
  "t3.medium": { cpus: 2, memoryGib: 4, pods: 17 },
  "t3.large": { cpus: 2, memoryGib: 8, pods: 35 },
  "m5.large": { cpus: 2, memoryGib: 8, pods: 29 },
  "m5.xlarge": { cpus: 4, memoryGib: 16, pods: 58 },
  "m5.2xlarge": { cpus: 8, memoryGib: 32, pods: 58 },
  "m6i.large": { cpus: 2, memoryGib: 8, pods: 29 },
  "m6i.xlarge": { cpus: 4, memoryGib: 16, pods: 58 },
};

/** What a node offers to pods. */
export interface Allocatable {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: string;
  readonly "ephemeral-storage": string;
}

/**
 * A node of GKE: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes says what is reserved, to which
 * comes what GKE's own pods on each node ask for (Dataplane V2, logging, metrics, CSI), 400m and 600 MiB of it.
 */
export function gkeAllocatable(machineType: string, diskGb: number): Allocatable {
  const { cpus, memoryGib, pods } = machineOf(google, machineType, "gke");
  const memoryMib = memoryGib * 1024;
  return {
    cpu: `${cpus * 1000 - reservedCpu(cpus) - 400}m`,
    memory: `${Math.floor(memoryMib - gkeReservedMib(memoryMib) - 100 - 600)}Mi`,
    pods: String(pods),
    "ephemeral-storage": `${Math.floor(diskGb * 0.5)}G`,
  };
}

/**
 * A node of EKS: its bootstrap reserves 255 MiB and 11 MiB a pod, and the same CPU as GKE; 300m and 300 MiB go to the
 * pods of its add-ons (network, proxy, identity).
 */
export function eksAllocatable(instanceType: string, diskGb: number): Allocatable {
  const { cpus, memoryGib, pods } = machineOf(amazon, instanceType, "eks");
  return {
    cpu: `${cpus * 1000 - reservedCpu(cpus) - 300}m`,
    memory: `${memoryGib * 1024 - 255 - 11 * pods - 100 - 300}Mi`,
    pods: String(pods),
    "ephemeral-storage": `${Math.floor(diskGb * 0.9)}G`,
  };
}

export const gkeCpus = (machineType: string) => machineOf(google, machineType, "gke").cpus;
export const eksCpus = (instanceType: string) => machineOf(amazon, instanceType, "eks").cpus;

/** Such as "n2" of "n2-standard-4". */
export const familyOf = (machineType: string) => machineType.split("-")[0];

function machineOf(machines: Record<string, Machine>, type: string, cloud: string): Machine {
  const machine = machines[type];
  if (!machine) {
    const allowed = Object.keys(machines).join(", ");
    throw new Error(
      `machine type "${type}" of ${cloud} is not simulated (${allowed}): add it to rehearsal/cluster/machine-types.ts`,
    );
  }
  return machine;
}

/** Thousandths of a CPU: 6 % of the first, 1 % of the second, half a percent of the next two, a quarter of the rest. */
function reservedCpu(cpus: number): number {
  return Array.from({ length: cpus }, (_, index) => [60, 10, 5, 5][index] ?? 2.5).reduce((a, b) => a + b, 0);
}

/** A quarter of the first 4 GiB, a fifth of the next 4, a tenth of the next 8, 6 % of what follows. */
function gkeReservedMib(memoryMib: number): number {
  const shares: [upTo: number, share: number][] = [
    [4, 0.25],
    [8, 0.2],
    [16, 0.1],
    [128, 0.06],
  ];
  let [below, reserved] = [0, 0];
  for (const [upTo, share] of shares) {
    reserved += Math.max(0, Math.min(memoryMib, upTo * 1024) - below * 1024) * share;
    below = upTo;
  }
  return reserved;
}
