import { CoreV1Api, makeInformer, NetworkingV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { V1Ingress, V1Service } from "@kubernetes/client-node";

/** Where a load balancer answers: Google's have addresses, Amazon's have names. */
export type LoadBalancerAddress = { readonly ip: string } | { readonly hostname: string };

/** Where a cloud's load balancer would answer, or undefined while it has none for it. */
export interface Addresses {
  ofIngress(ingress: V1Ingress): LoadBalancerAddress | undefined;
  ofService(service: V1Service): LoadBalancerAddress | undefined;
}

/** Does for Ingresses and for Services of type LoadBalancer what the clouds' controllers do: tells their address. */
export async function balanceLoads(config: KubeConfig, addresses: Addresses): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const ingresses = makeInformer(config, "/apis/networking.k8s.io/v1/ingresses", () =>
    networking.listIngressForAllNamespaces(),
  );
  const services = makeInformer(config, "/api/v1/services", () => core.listServiceForAllNamespaces());

  const onIngress = (ingress: V1Ingress) => {
    const address = addresses.ofIngress(ingress);
    if (address === undefined || ingress.status?.loadBalancer?.ingress) return;
    void networking
      .patchNamespacedIngressStatus({ ...placeOf(ingress), body: statusWith(address) })
      .catch(unlessGone);
  };
  const onService = (service: V1Service) => {
    const address = service.spec?.type === "LoadBalancer" ? addresses.ofService(service) : undefined;
    if (address === undefined || service.status?.loadBalancer?.ingress) return;
    void core
      .patchNamespacedServiceStatus({ ...placeOf(service), body: statusWith(address) })
      .catch(unlessGone);
  };
  for (const event of ["add", "update"] as const) {
    ingresses.on(event, onIngress);
    services.on(event, onService);
  }
  for (const informer of [ingresses, services]) {
    informer.on("error", () => void informer.start().catch(report));
    await informer.start();
  }
}

const placeOf = ({ metadata }: V1Ingress | V1Service) => ({
  name: metadata?.name ?? "",
  namespace: metadata?.namespace ?? "",
});

function report(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}

const statusWith = (address: LoadBalancerAddress) => [
  { op: "add", path: "/status/loadBalancer", value: { ingress: [address] } },
];

/** It may have been deleted in between. */
function unlessGone(error: unknown): void {
  if ((error as { code?: number }).code !== 404) report(error);
}
