import { type Registered, ofKind, reveal } from "../program.js";
import {
  type Rule,
  type Workload,
  eachContainer,
  endsByItself,
  selects,
  titleOf,
  workloadsOf,
} from "./workloads.js";

/** Every selector of a Service, a budget, a policy or a workload finds pods, and a workload finds its own. */
export const selectorsFindPods: Rule = (resources) => {
  const workloads = workloadsOf(resources);
  const selectors = [
    ...ofKind(resources, "Service").map((service) => [service, service.inputs.spec.selector] as const),
    ...ofKind(resources, "PodDisruptionBudget").map(
      (pdb) => [pdb, pdb.inputs.spec.selector.matchLabels] as const,
    ),
    ...ofKind(resources, "NetworkPolicy").map(
      (np) => [np, np.inputs.spec.podSelector.matchLabels ?? {}] as const,
    ),
    ...ofKind(resources, "NetworkPolicy").flatMap((np) =>
      peersWithin(np).map((labels) => [np, labels] as const),
    ),
  ];
  const strays = selectors
    .filter(([{ inputs }, selector]) => {
      const near = workloads.filter(({ namespace }) => namespace === inputs.metadata.namespace);
      return !near.some(({ labels }) => selects(selector, labels));
    })
    .map(([resource, selector]) => `${titleOf(resource)}: no pod has ${JSON.stringify(selector)}`);
  const foreign = workloads
    .filter(({ kind }) => !endsByItself(kind))
    .filter(({ spec, labels }) => !selects(spec.selector.matchLabels, labels))
    .map(({ title }) => `${title}: does not select its own pods`);
  return [...strays, ...foreign];
};

/** Labels of the peers that a policy looks for in its own namespace. */
function peersWithin({ inputs }: Registered): Record<string, string>[] {
  const { ingress = [], egress = [] } = inputs.spec;
  const peers = [...ingress.flatMap((rule: any) => rule.from), ...egress.flatMap((rule: any) => rule.to)];
  return peers
    .filter((peer: any) => !peer.namespaceSelector && !peer.ipBlock)
    .map((peer: any) => peer.podSelector.matchLabels);
}

/** Every object that a pod names exists in its namespace, with the key that it asks for. */
export const namedObjectsExist: Rule = (resources) => {
  const missing = (workload: Workload, kind: string, name: string, key?: string): string[] => {
    const found = resources.find((other) => isNamed(other, kind, workload.namespace, name));
    if (!found) return [`${workload.title}: no ${kind} ${name}`];
    const data = { ...found.inputs.data, ...reveal(found.inputs.stringData) };
    return key === undefined || key in data ? [] : [`${workload.title}: no key ${key} in ${kind} ${name}`];
  };
  return workloadsOf(resources).flatMap((workload) => [
    ...missing(workload, "ServiceAccount", workload.pod.serviceAccountName),
    ...workload.pod.volumes.flatMap((volume: any) => [
      ...(volume.configMap ? missing(workload, "ConfigMap", volume.configMap.name) : []),
      ...(volume.secret ? missing(workload, "Secret", volume.secret.secretName) : []),
      ...(volume.persistentVolumeClaim
        ? missing(workload, "PersistentVolumeClaim", volume.persistentVolumeClaim.claimName)
        : []),
    ]),
    ...workload.containers.flatMap((container) =>
      (container.env ?? []).flatMap(({ valueFrom = {} }: any) => [
        ...(valueFrom.configMapKeyRef
          ? missing(workload, "ConfigMap", valueFrom.configMapKeyRef.name, valueFrom.configMapKeyRef.key)
          : []),
        ...(valueFrom.secretKeyRef
          ? missing(workload, "Secret", valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.key)
          : []),
      ]),
    ),
  ]);
};

/** A Secret's name is made up by the provider: the mocks make it up from its logical name. */
function isNamed(resource: Registered, kind: string, namespace: string, name: string): boolean {
  const { inputs } = resource;
  if (inputs.kind !== kind || inputs.metadata.namespace !== namespace) return false;
  return inputs.metadata.name
    ? inputs.metadata.name === name
    : new RegExp(`^${resource.name}-[0-9a-f]{8}$`).test(name);
}

/** Every path of an Ingress leads to a Service's port, and every Service's port to a container's. */
export const portsLeadSomewhere: Rule = (resources) => {
  const services = ofKind(resources, "Service");
  const fromIngress = ofKind(resources, "Ingress").flatMap((ingress) =>
    ingress.inputs.spec.rules.flatMap(({ http }: any) =>
      http.paths.flatMap(({ path, backend }: any) => {
        const found = services.some(
          ({ inputs }) =>
            inputs.metadata.namespace === ingress.inputs.metadata.namespace &&
            inputs.metadata.name === backend.service.name &&
            inputs.spec.ports.some(({ port }: any) => port === backend.service.port.number),
        );
        return found
          ? []
          : [`${titleOf(ingress)}: ${path} leads to no port: ${JSON.stringify(backend.service)}`];
      }),
    ),
  );
  const fromServices = services.flatMap((service) => {
    const { metadata, spec } = service.inputs;
    const behind = workloadsOf(resources).filter(
      ({ namespace, labels }) => namespace === metadata.namespace && selects(spec.selector, labels),
    );
    const ports = behind.flatMap(({ containers }) =>
      containers.flatMap((container) => container.ports ?? []),
    );
    return spec.ports
      .filter(
        ({ targetPort }: any) =>
          !ports.some((port) => port.name === targetPort || port.containerPort === targetPort),
      )
      .map(({ targetPort }: any) => `${titleOf(service)}: no container has the port ${targetPort}`);
  });
  return [...fromIngress, ...fromServices];
};

/** A StatefulSet's pods get stable DNS names from the headless Service that it names, which must select them. */
export const statefulSetsHaveHeadlessServices: Rule = (resources) =>
  workloadsOf(resources)
    .filter(({ kind }) => kind === "StatefulSet")
    .filter(
      ({ spec, namespace, labels }) =>
        !ofKind(resources, "Service").some(
          ({ inputs }) =>
            inputs.metadata.namespace === namespace &&
            inputs.metadata.name === spec.serviceName &&
            inputs.spec.clusterIP === "None" &&
            selects(inputs.spec.selector, labels),
        ),
    )
    .map(
      ({ title, spec }) =>
        `${title}: its serviceName "${spec.serviceName}" is no headless Service of its own`,
    );

/** What a container mounts is a volume of its pod, at a path of its own; and no volume is there for nobody. */
export const mountsMatchVolumes: Rule = (resources) => {
  const names = ({ pod, spec }: Workload): string[] => [
    ...pod.volumes.map(({ name }: any) => name),
    ...(spec.volumeClaimTemplates ?? []).map((claim: any) => claim.metadata.name),
  ];
  const mountedTwice = eachContainer(resources, ({ volumeMounts = [] }) => {
    const paths: string[] = volumeMounts.map((mount: any) => mount.mountPath);
    return paths.filter((path, i) => paths.indexOf(path) !== i).map((path) => `mounts ${path} twice`);
  });
  const unknown = eachContainer(resources, ({ volumeMounts = [] }, workload) =>
    volumeMounts
      .filter(({ name }: any) => !names(workload).includes(name))
      .map(({ name }: any) => `mounts "${name}", which is no volume of its pod`),
  );
  const idle = workloadsOf(resources).flatMap((workload) => {
    const mounted = workload.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }: any) => name),
    );
    return names(workload)
      .filter((name) => !mounted.includes(name))
      .map((name) => `${workload.title}: no container mounts the volume "${name}"`);
  });
  return [...mountedTwice, ...unknown, ...idle];
};

/** A program reads its files where they are mounted: each path in its command, probes and variables is one. */
export const pathsAreMounted: Rule = (resources) =>
  eachContainer(resources, ({ command = [], env = [], readinessProbe, livenessProbe, volumeMounts = [] }) => {
    const commands: string[] = [command, readinessProbe, livenessProbe]
      .flatMap((at) => at?.exec?.command ?? at)
      .slice();
    const values = env.flatMap(({ name, value = "" }: any) => (/_FILE$/.test(name) ? [value] : []));
    const paths = [...commands, ...values].filter(
      (text) => typeof text === "string" && /^\/(?!bin\/)/.test(text),
    );
    const mounts: string[] = volumeMounts.map((mount: any) => mount.mountPath);
    return paths
      .filter((path) => !mounts.some((mount) => path.startsWith(`${mount}/`)))
      .map((path) => `reads ${path}, where nothing is mounted`);
  });
