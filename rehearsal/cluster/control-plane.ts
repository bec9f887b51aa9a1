import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../../shell/paths.js";
import { freePorts } from "../../shell/ports.js";
import type { Processes } from "../processes.js";
import { type ClusterAccess, get, kubeconfigOf } from "./access.js";

const START_SECONDS = 90;
const bin = (name: string) => join(paths.bin, name);

const NODE_LEASE_SECONDS = 200;

/** Starts the control planes of so many clusters: an API server, a controller-manager and a scheduler each, one etcd. */
export async function startControlPlanes(
  processes: Processes,
  folder: string,
  names: readonly string[],
): Promise<ClusterAccess[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [client = 0, peer = 0, ...servers] = await freePorts(2 + names.length);
  const etcd = `http://127.0.0.1:${client}`;
  processes.start("etcd", etcdCommand(folder, etcd, `http://127.0.0.1:${peer}`));
  return await Promise.all(
    names.map((name, index) =>
      startCluster(processes, join(folder, name), { name, etcd, port: servers[index] ?? 0 }),
    ),
  );
}

/** Nothing is kept beyond the rehearsal, so nothing has to reach the disk. */
function etcdCommand(folder: string, client: string, peer: string): string[] {
  return [
    bin("etcd"),
    "--name=rehearsal",
    `--data-dir=${join(folder, "etcd")}`,
    "--unsafe-no-fsync",
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=rehearsal=${peer}`,
    "--log-level=warn",
  ];
}

interface Place {
  name: string;
  etcd: string;
  port: number;
}

async function startCluster(processes: Processes, folder: string, place: Place): Promise<ClusterAccess> {
  const { name, port } = place;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const token = randomBytes(24).toString("base64url");
  const write = (file: string, text: string) => writeFile(join(folder, file), text, { mode: 0o600 });
  await write("tokens.csv", `${token},rehearsal,rehearsal,system:masters\n`);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await write("accounts.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  await write("accounts.pub", publicKey.export({ type: "spki", format: "pem" }).toString());
  processes.start(`${name}-kube-apiserver`, apiServerCommand(folder, place));

  let authority = "";
  await processes.until(`certificate of ${name}`, START_SECONDS, () => {
    authority = authorityIn(join(folder, "certificates/apiserver.crt"));
    return Promise.resolve(authority !== "");
  });
  const access = { name, address: `127.0.0.1:${port}`, authority, token };
  await processes.until(`API server of ${name}`, START_SECONDS, () =>
    get(access, "/readyz").then(
      () => true,
      () => false,
    ),
  );

  await write("kubeconfig", kubeconfigOf(access).exportConfig());
  const flags = [`--kubeconfig=${join(folder, "kubeconfig")}`, "--leader-elect=false", "--secure-port=0"];
  processes.start(`${name}-kube-controller-manager`, [
    bin("kube-controller-manager"),
    ...flags,
    "--kube-api-qps=200",
    "--kube-api-burst=400",
    // KWOK tells of a node a few times within its lease; the default takes it for dead before that.
    `--node-monitor-grace-period=${NODE_LEASE_SECONDS}s`,
  ]);
  processes.start(`${name}-kube-scheduler`, [
    bin("kube-scheduler"),
    ...flags,
    "--kube-api-qps=200",
    "--kube-api-burst=400",
  ]);
  processes.start(`${name}-kwok`, [
    bin("kwok"),
    `--kubeconfig=${join(folder, "kubeconfig")}`,
    "--manage-all-nodes",
    `--node-lease-duration-seconds=${NODE_LEASE_SECONDS}`,
  ]);
  return access;
}

/** The authority's certificate, which an API server writes after its own: empty while it is not there, or not all of it. */
export function authorityIn(file: string): string {
  if (!existsSync(file)) return "";
  const [, authority = ""] =
    readFileSync(file, "utf8").match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [];
  return authority;
}

/** Admission as Kubernetes has it by default: among it Pod Security, quotas and limits. */
function apiServerCommand(folder: string, { name, etcd, port }: Place): string[] {
  return [
    bin("kube-apiserver"),
    `--etcd-servers=${etcd}`,
    `--etcd-prefix=/${name}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, "certificates")}`,
    `--token-auth-file=${join(folder, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--anonymous-auth=false",
    "--endpoint-reconciler-type=none",
    "--service-cluster-ip-range=10.200.0.0/16",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(folder, "accounts.pub")}`,
    `--service-account-signing-key-file=${join(folder, "accounts.key")}`,
  ];
}
