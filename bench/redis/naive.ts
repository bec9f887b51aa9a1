import { kubectl } from "../../tests/local/platform.js";
import type { Contender } from "./contender.js";
import { BENCH, apply } from "./objects.js";

const NAME = "naive";
const PODS = [0, 1, 2].map((ordinal) => `${NAME}-${ordinal}`);
const labels = { app: NAME };
const hostOf = (pod: string) => `${pod}.${NAME}.${BENCH}.svc`;

const SERVER = `
  [ "$(hostname)" = ${NAME}-0 ] || follow="--replicaof ${hostOf(`${NAME}-0`)} 6379"
  exec redis-server --dir /data --appendonly yes --protected-mode no --bind '*' \\
    --replica-announce-ip "$(hostname).${NAME}.${BENCH}.svc" $follow`;

const SENTINEL = `
  cat >/data/sentinel.conf <<END
protected-mode no
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname).${NAME}.${BENCH}.svc
sentinel monitor ${NAME} ${hostOf(`${NAME}-0`)} 6379 2
sentinel down-after-milliseconds ${NAME} 1000
sentinel failover-timeout ${NAME} 10000
END
  until redis-cli -h ${hostOf(`${NAME}-0`)} ping >/dev/null; do sleep 1; done
  exec redis-sentinel /data/sentinel.conf --bind '*'`;

/**
 * What many a tutorial has: the first pod leads at its start, Sentinels elect another within a second or two, and
 * nobody waits for a replica. It keeps its data over a restart of the container, but not of the pod, and is as large as ours.
 */
export async function naive(image: string): Promise<Contender> {
  const container = (name: string, cpu: string, memory: string, script: string) => ({
    name,
    // It asks for next to nothing, since the nodes have little left beside the platform.
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu, memory } },
    image,
    command: ["sh", "-c", script],
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  });
  const containers = [
    container("redis", "250m", "256Mi", SERVER),
    container("sentinel", "200m", "64Mi", SENTINEL),
  ];
  const spec = {
    containers,
    volumes: [{ name: "data", emptyDir: {} }],
    securityContext: { fsGroup: 10001 },
    terminationGracePeriodSeconds: 5,
    enableServiceLinks: false,
  };
  await apply([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: NAME, namespace: BENCH },
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: labels, ports: [{ port: 6379 }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: NAME, namespace: BENCH },
      spec: {
        replicas: PODS.length,
        serviceName: NAME,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
      },
    },
  ]);
  await kubectl(
    "rollout",
    "status",
    `statefulset/${NAME}`,
    "-n",
    BENCH,
    "--timeout=120s",
    "--request-timeout=0",
  );

  const cli = (pod: string, port: number, command: string) =>
    kubectl(
      "exec",
      "-n",
      BENCH,
      pod,
      "-c",
      "sentinel",
      "--",
      "redis-cli",
      "-p",
      String(port),
      ...command.split(" "),
    );
  return {
    name: "naive Sentinel",
    namespace: BENCH,
    pods: PODS,
    async primary() {
      const ask = (pod: string) =>
        cli(pod, 26379, `sentinel get-master-addr-by-name ${NAME}`).catch(() => "");
      const named = (await Promise.all(PODS.map(ask))).map((answer) => answer.split(".")[0]);
      const primary = PODS.find((pod) => named.filter((name) => name === pod).length >= 2);
      if (primary === undefined) throw new Error(`expected two Sentinels to agree, got ${named.join(", ")}`);
      return primary;
    },
    ask: (pod, command) => cli(pod, 6379, command),
    env: {
      REDIS_HOST: `${NAME}.${BENCH}.svc`,
      REDIS_SENTINELS: PODS.map((pod) => `${hostOf(pod)}:26379`).join(","),
      REDIS_PRIMARY_NAME: NAME,
    },
  };
}
