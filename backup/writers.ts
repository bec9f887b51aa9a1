import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { stopIfInterrupted } from "../shell/programs.js";
import type { Tell } from "../shell/progress.js";
import { countPods, type Deployment, type Objects, patchDeployment } from "./cluster.js";

/** How many pods a stopped Deployment is to have again: in the object itself, where no kill can lose it. */
export const REPLICAS = "slipway/replicas-before-restore";

/** Longer than any app takes to drain. */
const PATIENCE_SEC = 120;

/** The Deployments that the stores' own NetworkPolicies let in. */
export function writersOf(stores: readonly { name: string }[], objects: Objects): Deployment[] {
  const names = new Set(stores.map(({ name }) => name));
  const peers = objects.networkPolicies
    .filter(({ metadata: { namespace, name } }) => names.has(`${namespace}/${name}`))
    .flatMap(({ metadata, spec: { ingress = [] } }) =>
      ingress
        .flatMap(({ from = [] }) => from)
        .map(({ podSelector }) => ({ namespace: metadata.namespace, labels: podSelector?.matchLabels })),
    );
  return objects.deployments.filter(({ metadata, spec }) =>
    peers.some(
      ({ namespace, labels }) =>
        namespace === metadata.namespace &&
        labels !== undefined &&
        Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value),
    ),
  );
}

/** Deployments that a restore has stopped. */
export const stoppedWriters = ({ deployments }: Pick<Objects, "deployments">): Deployment[] =>
  deployments.filter(({ metadata }) => metadata.annotations?.[REPLICAS] !== undefined);

/**
 * Stops the Deployments and waits until none of their pods is left. An autoscaler leaves one alone that is at 0. One
 * request sets the number and remembers the one before, so what is stopped already is not asked again.
 */
export async function stopWriters(writers: Deployment[], tell: Tell): Promise<void> {
  for (const { metadata, spec } of writers.filter((writer) => writer.spec.replicas > 0)) {
    const annotations = { [REPLICAS]: String(spec.replicas) };
    await patchDeployment(metadata, { metadata: { annotations }, spec: { replicas: 0 } });
  }
  const deadline = Date.now() + PATIENCE_SEC * 1000;
  for (;;) {
    stopIfInterrupted();
    const left = await podsLeft(writers);
    if (left === "") return;
    tell(left);
    if (Date.now() > deadline) throw new UserError(`still there after ${PATIENCE_SEC} s: ${left}`);
    await sleep(500);
  }
}

async function podsLeft(writers: Deployment[]): Promise<string> {
  const counts = await Promise.all(
    writers.map(async ({ metadata: { namespace, name }, spec }) => {
      const pods = await countPods(namespace, spec.selector.matchLabels);
      return pods === 0 ? [] : [`${namespace}/${name}: ${pods} pods`];
    }),
  );
  return counts.flat().join(", ");
}

/** Gives every stopped Deployment the pods again that it had. */
export async function startWriters(objects: Pick<Objects, "deployments">): Promise<void> {
  for (const { metadata } of stoppedWriters(objects)) {
    const replicas = Number(metadata.annotations?.[REPLICAS]);
    await patchDeployment(metadata, { metadata: { annotations: { [REPLICAS]: null } }, spec: { replicas } });
  }
}
