import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsFor } from "../k8s/labels.js";
import type { Backend, BackendArgs } from "../platform.js";

/** A BackendConfig, and the annotations by which the Service, and not the Ingress, asks for it. */
export class GceBackend extends pulumi.ComponentResource implements Backend {
  readonly annotations: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: BackendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GceBackend", name, {}, opts);

    const { namespace, healthPath, healthPort } = args;
    const { timeoutSec = 30, drainTimeoutSec = 60 } = args;
    const parent = this;

    const backendConfig = createBackendConfig();

    this.annotations = pulumi
      .output(backendConfig.metadata.name)
      .apply<Record<string, string>>((ownName) => ({
        "cloud.google.com/backend-config": JSON.stringify({ default: ownName }),
        // The load balancer sends to the pods themselves, without a hop over a node that knows no affinity.
        "cloud.google.com/neg": JSON.stringify({ ingress: true }),
      }));
    this.registerOutputs({ annotations: this.annotations });

    function createBackendConfig() {
      return new k8s.apiextensions.CustomResource(
        name,
        {
          apiVersion: "cloud.google.com/v1",
          kind: "BackendConfig",
          metadata: { name, namespace, labels: labelsFor(name, "backend").labels },
          spec: {
            // Google counts an open websocket as one response.
            timeoutSec,
            connectionDraining: { drainingTimeoutSec: drainTimeoutSec },
            // Said in any case: what is left out stays as it was. The cookie lives as long as the browser is open.
            sessionAffinity: { affinityType: affinityType(args) },
            healthCheck: {
              type: "HTTP",
              requestPath: healthPath,
              port: healthPort,
              checkIntervalSec: 5,
              timeoutSec: 3,
              healthyThreshold: 1,
              unhealthyThreshold: 2,
            },
          },
        },
        { parent },
      );
    }
  }
}

/** An address is what many people behind one network share, so it is the choice only where no cookie can be relied on. */
function affinityType({ sticky = false, crossSite = false }: BackendArgs): string {
  if (!sticky) return "NONE";
  return crossSite ? "CLIENT_IP" : "GENERATED_COOKIE";
}
