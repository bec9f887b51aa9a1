import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { kubeconfig } from "./kubeconfig.js";
import { acmePort, ingressNodePorts, inside, network, nodeIndexes, type Settings } from "./layout.js";
import type { Service } from "./services.js";

const pki = (name: string) => `${inside}/pki/${name}`;
const bin = (name: string) => `${inside}/bin/${name}`;
const data = `${inside}/hosts/control-plane`;
const dnsPort = 8053;

// Forward secrecy and authenticated encryption only, as the CIS benchmark for Kubernetes asks.
const ciphers = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"].join(
  ",",
);

function etcd(): Service {
  const tls = ["--client-cert-auth=true", `--cert-file=${pki("etcd.crt")}`, `--key-file=${pki("etcd.key")}`];
  const peerTls = [
    "--peer-client-cert-auth=true",
    `--peer-cert-file=${pki("etcd.crt")}`,
    `--peer-key-file=${pki("etcd.key")}`,
  ];
  return {
    name: "etcd",
    command: [
      bin("etcd"),
      "--name=control-plane",
      `--data-dir=${data}/etcd`,
      "--listen-client-urls=https://127.0.0.1:2379",
      "--advertise-client-urls=https://127.0.0.1:2379",
      "--listen-peer-urls=https://127.0.0.1:2380",
      "--initial-advertise-peer-urls=https://127.0.0.1:2380",
      "--initial-cluster=control-plane=https://127.0.0.1:2380",
      ...tls,
      `--trusted-ca-file=${pki("etcd-ca.crt")}`,
      ...peerTls,
      `--peer-trusted-ca-file=${pki("etcd-ca.crt")}`,
      "--auto-compaction-retention=8",
      "--snapshot-count=10000",
    ],
  };
}

export function apiServerFlags(): string[] {
  return [
    `--advertise-address=${network.controlPlane}`,
    "--secure-port=6443",
    "--allow-privileged=true",
    "--anonymous-auth=false",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NamespaceLifecycle,NodeRestriction,ServiceAccount",
    `--client-ca-file=${pki("ca.crt")}`,
    `--tls-cert-file=${pki("kube-apiserver.crt")}`,
    `--tls-private-key-file=${pki("kube-apiserver.key")}`,
    "--tls-min-version=VersionTLS12",
    `--tls-cipher-suites=${ciphers}`,
    "--etcd-servers=https://127.0.0.1:2379",
    `--etcd-cafile=${pki("etcd-ca.crt")}`,
    `--etcd-certfile=${pki("etcd-client.crt")}`,
    `--etcd-keyfile=${pki("etcd-client.key")}`,
    `--encryption-provider-config=${data}/encryption.yaml`,
    `--audit-policy-file=${data}/audit-policy.yaml`,
    `--audit-log-path=${inside}/logs/control-plane/audit.log`,
    "--audit-log-maxage=30",
    "--audit-log-maxbackup=10",
    "--audit-log-maxsize=100",
    "--profiling=false",
    "--request-timeout=5m",
    "--service-account-lookup=true",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${pki("service-account.pub")}`,
    `--service-account-signing-key-file=${pki("service-account.key")}`,
    `--service-cluster-ip-range=${network.services}`,
    `--kubelet-certificate-authority=${pki("ca.crt")}`,
    `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
    `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-username-headers=X-Remote-User",
    `--proxy-client-cert-file=${pki("front-proxy-client.crt")}`,
    `--proxy-client-key-file=${pki("front-proxy-client.key")}`,
    // No kube-proxy runs beside the API server, so it reaches aggregated APIs by their pods' addresses.
    "--enable-aggregator-routing=true",
  ];
}

export function controllerManagerFlags(): string[] {
  return [
    "--bind-address=127.0.0.1",
    `--kubeconfig=${data}/kube-controller-manager.kubeconfig`,
    `--authentication-kubeconfig=${data}/kube-controller-manager.kubeconfig`,
    `--authorization-kubeconfig=${data}/kube-controller-manager.kubeconfig`,
    `--tls-cert-file=${pki("kube-controller-manager.crt")}`,
    `--tls-private-key-file=${pki("kube-controller-manager.key")}`,
    `--tls-cipher-suites=${ciphers}`,
    `--root-ca-file=${pki("ca.crt")}`,
    `--service-account-private-key-file=${pki("service-account.key")}`,
    "--use-service-account-credentials=true",
    "--leader-elect=false",
    "--profiling=false",
    "--terminated-pod-gc-threshold=100",
    // A node that is gone is noticed after 16 s instead of 50 s: all of it is on one machine.
    "--node-monitor-period=2s",
    "--node-monitor-grace-period=16s",
  ];
}

export function schedulerFlags(): string[] {
  return [
    "--bind-address=127.0.0.1",
    `--kubeconfig=${data}/kube-scheduler.kubeconfig`,
    `--authentication-kubeconfig=${data}/kube-scheduler.kubeconfig`,
    `--authorization-kubeconfig=${data}/kube-scheduler.kubeconfig`,
    `--tls-cert-file=${pki("kube-scheduler.crt")}`,
    `--tls-private-key-file=${pki("kube-scheduler.key")}`,
    `--tls-cipher-suites=${ciphers}`,
    "--leader-elect=false",
    "--profiling=false",
  ];
}

/** The ports of 127.0.0.1 and what each leads to inside the cluster's network. */
function forwarder(settings: Settings): Service {
  const toNodes = (port: number) =>
    nodeIndexes(settings)
      .map((index) => `${network.nodeAddress(index)}:${port}`)
      .join(",");
  return {
    name: "forward",
    machineNetwork: true,
    command: [
      bin("forward"),
      "-netns",
      "/run/netns",
      `127.0.0.1:${settings.apiPort}=${network.controlPlane}:6443`,
      `127.0.0.1:${settings.httpPort}=${toNodes(ingressNodePorts.http)}`,
      `127.0.0.1:${settings.httpsPort}=${toNodes(ingressNodePorts.https)}`,
    ],
  };
}

/** The ACME server, which validates names for real: it asks the name server beside it and calls the Ingress. */
function acme(): Service[] {
  return [
    {
      name: "acme",
      env: { PEBBLE_VA_NOSLEEP: "1" },
      command: [
        bin("pebble"),
        "-strict",
        "-config",
        `${data}/pebble.json`,
        "-dnsserver",
        `127.0.0.1:${dnsPort}`,
      ],
    },
    { name: "acme-dns", command: [bin("coredns"), "-conf", `${data}/acme-dns.corefile`] },
  ];
}

export function controlPlaneServices(settings: Settings): Service[] {
  return [
    etcd(),
    { name: "kube-apiserver", command: [bin("kube-apiserver"), ...apiServerFlags()] },
    {
      name: "kube-controller-manager",
      command: [bin("kube-controller-manager"), ...controllerManagerFlags()],
    },
    { name: "kube-scheduler", command: [bin("kube-scheduler"), ...schedulerFlags()] },
    forwarder(settings),
    ...acme(),
  ];
}

/** For the ACME server, every name below localhost is the Ingress controller, which any node leads to. */
export const acmeCorefile = `localhost:${dnsPort} {
  bind 127.0.0.1
  template IN A {
    answer "{{ .Name }} 60 IN A ${network.nodeAddress(1)}"
  }
  template IN ANY {
    rcode NOERROR
  }
}
`;

/** Writes the files that the control plane's programs read, and the kubeconfig for people. */
export async function writeControlPlaneFiles(settings: Settings): Promise<void> {
  const folder = join(paths.hosts, "control-plane");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
  const secret = await readFile(join(paths.pki, "encryption.key"), "utf8");
  await write(
    "encryption.yaml",
    JSON.stringify({
      kind: "EncryptionConfiguration",
      apiVersion: "apiserver.config.k8s.io/v1",
      resources: [
        {
          resources: ["secrets"],
          providers: [{ secretbox: { keys: [{ name: "key1", secret }] } }, { identity: {} }],
        },
      ],
    }),
  );
  await write(
    "audit-policy.yaml",
    JSON.stringify({
      kind: "Policy",
      apiVersion: "audit.k8s.io/v1",
      omitStages: ["RequestReceived"],
      rules: [
        { level: "None", verbs: ["get", "list", "watch"] },
        { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
        { level: "Metadata" }, // Never a request's body: it could hold a secret.
      ],
    }),
  );
  await write(
    "pebble.json",
    JSON.stringify({
      pebble: {
        listenAddress: `${network.controlPlane}:${acmePort}`,
        managementListenAddress: "127.0.0.1:15000",
        certificate: pki("acme-directory.crt"),
        privateKey: pki("acme-directory.key"),
        httpPort: ingressNodePorts.http,
        tlsPort: ingressNodePorts.https,
        ocspResponderURL: "",
        externalAccountBindingRequired: false,
      },
    }),
  );
  await write("acme-dns.corefile", acmeCorefile);
  for (const user of ["kube-controller-manager", "kube-scheduler"]) {
    const server = `https://${network.controlPlane}:6443`;
    await write(`${user}.kubeconfig`, kubeconfig({ user, server, folder: `${inside}/pki` }));
  }
  const forPeople = kubeconfig({
    user: "admin",
    server: `https://127.0.0.1:${settings.apiPort}`,
    folder: paths.pki,
  });
  await writeFile(paths.kubeconfig, forPeople, { mode: 0o600 });
}
