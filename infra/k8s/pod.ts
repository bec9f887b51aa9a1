import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Container } from "./container.js";
import type { Labels } from "./labels.js";
import { podSecurityContext } from "./security.js";

const HOSTNAME = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

export interface PodTemplateArgs {
  labels: Labels;
  serviceAccountName: pulumi.Input<string>;
  container: Container;

  /**
   * Containers that stand beside it.
   *
   * @default none
   */
  sidecars?: readonly Container[];

  /**
   * Containers with restartPolicy "Always" that are ready before it starts, and stop after it has.
   *
   * @default none
   */
  nativeSidecars?: readonly Container[];

  /** @default none */
  annotations?: Readonly<Record<string, string>>;

  /** @default none */
  volumes?: k8s.types.input.core.v1.Volume[];

  /** Must be longer than the program takes to drain. */
  terminationGracePeriodSeconds: number;

  /**
   * Whether only pods of the same version keep apart from each other, as pods of a rolling Deployment must: those of
   * the version before are about to go.
   *
   * @default false
   */
  spreadEachVersion?: boolean;

  /**
   * Whether a node takes one pod of a version only, even if the next one then has to wait for a node.
   *
   * @default false
   */
  onePerNode?: boolean;

  /**
   * "Never" for a Job's, whose next try is another pod, so that each try keeps its log.
   *
   * @default Kubernetes' own, "Always"
   */
  restartPolicy?: "Never";
}

/** A pod with everything that a pod of ours must say, spread over nodes and zones. */
export function podTemplate(args: PodTemplateArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { labels, serviceAccountName, container, sidecars = [], volumes = [], annotations } = args;
  const { spreadEachVersion = false, onePerNode = false, nativeSidecars = [], restartPolicy } = args;
  return {
    metadata: { labels: labels.labels, ...(annotations && { annotations }) },
    spec: {
      serviceAccountName,
      ...(restartPolicy && { restartPolicy }),
      // No program of ours talks to the Kubernetes API.
      automountServiceAccountToken: false,
      // Otherwise every Service of the namespace becomes variables, and REDIS_PORT is "tcp://10.0.0.7:6379".
      enableServiceLinks: false,
      // A question or an answer that is lost costs a second, not the five of the resolver's default.
      dnsConfig: { options: [dnsOption("timeout", 1), dnsOption("attempts", 3)] },
      securityContext: podSecurityContext(),
      terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
      affinity: { podAntiAffinity: onePerNode ? alone(labels) : apartFromEachOther(labels) },
      topologySpreadConstraints: [HOSTNAME, ZONE].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // A pod on a crowded node is better than no pod: a cluster may have one node left.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels.selector },
        ...(spreadEachVersion && { matchLabelKeys: ["pod-template-hash"] }),
      })),
      ...(nativeSidecars.length > 0 && { initContainers: [...nativeSidecars] }),
      containers: [container, ...sidecars],
      volumes,
    },
  };
}

const dnsOption = (name: string, value: number) => ({ name, value: String(value) });

function apartFromEachOther({ selector }: Labels): k8s.types.input.core.v1.PodAntiAffinity {
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, podAffinityTerm: { topologyKey: HOSTNAME, labelSelector: { matchLabels: selector } } },
    ],
  };
}

/** Of its own version only: in a rollout the next version's first pod starts beside one of the version before. */
function alone({ selector }: Labels): k8s.types.input.core.v1.PodAntiAffinity {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        topologyKey: HOSTNAME,
        labelSelector: { matchLabels: selector },
        matchLabelKeys: ["pod-template-hash"],
      },
    ],
  };
}
