import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { kubeconfig } from "./kubeconfig.js";
import { cgroup, inside, network, nodeName } from "./layout.js";
import type { Service } from "./services.js";

const zones = ["local-a", "local-b", "local-c"];
const bin = (name: string) => `${inside}/bin/${name}`;
const data = (index: number) => `${inside}/hosts/${nodeName(index)}`;
const containerdSocket = "/run/containerd/containerd.sock";

/** Zone of a node: three, by turns, as in a region of a cloud. */
export const zoneOf = (index: number) => zones[(index - 1) % zones.length];

export function nodeServices(index: number): Service[] {
  return [
    {
      name: "containerd",
      // For runc and the CNI plugins, which inherit it and end before they need to collect garbage.
      env: { GOGC: "400" },
      command: [bin("containerd"), "--config", `${data(index)}/containerd.toml`],
    },
    {
      name: "kubelet",
      // Many pods at once are much garbage, and memory is there rather than processors.
      env: { GOGC: "200" },
      command: [
        bin("kubelet"),
        `--config=${data(index)}/kubelet.json`,
        `--kubeconfig=${data(index)}/kubelet-${nodeName(index)}.kubeconfig`,
        `--root-dir=${data(index)}/kubelet`,
        `--hostname-override=${nodeName(index)}`,
        `--node-ip=${network.nodeAddress(index)}`,
        `--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=${zoneOf(index)}`,
      ],
    },
    { name: "kube-proxy", command: [bin("kube-proxy"), `--config=${data(index)}/kube-proxy.json`] },
  ];
}

/** Writes the files that a node's programs read. */
export async function writeNodeFiles(index: number, pauseImage: string): Promise<void> {
  const name = nodeName(index);
  const folder = join(paths.hosts, name);
  await mkdir(join(folder, "cni"), { recursive: true, mode: 0o700 });
  const write = (file: string, text: string) => writeFile(join(folder, file), text, { mode: 0o600 });
  await write("containerd.toml", containerdConfiguration(index, pauseImage));
  await write("kubelet.json", JSON.stringify(kubeletConfiguration(index), null, 2));
  await write("kube-proxy.json", JSON.stringify(kubeProxyConfiguration(index), null, 2));
  await write("cni/10-bridge.conflist", JSON.stringify(cniConfiguration(index), null, 2));
  await write("resolv.conf", "");
  const server = `https://${network.controlPlane}:6443`;
  for (const user of [`kubelet-${name}`, "kube-proxy"]) {
    await write(`${user}.kubeconfig`, kubeconfig({ user, server, folder: `${inside}/pki` }));
  }
}

function containerdConfiguration(index: number, pauseImage: string): string {
  return `version = 3
root = "${data(index)}/containerd"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pauseImage}"
[plugins."io.containerd.cri.v1.runtime"]
  # A machine that is itself a guest may lack the right to lower a score; runc then fails without saying so.
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${inside}/bin"]
    # One program less is started for each pod.
    use_internal_loopback = true
    conf_dir = "${data(index)}/cni"
`;
}

export function kubeletConfiguration(index: number) {
  const pki = `${inside}/pki`;
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${pki}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${pki}/kubelet-serving-${nodeName(index)}.crt`,
    tlsPrivateKeyFile: `${pki}/kubelet-serving-${nodeName(index)}.key`,
    tlsMinVersion: "VersionTLS12",
    readOnlyPort: 0,
    address: network.nodeAddress(index),
    healthzBindAddress: "127.0.0.1",
    clusterDNS: [network.dnsService],
    clusterDomain: "cluster.local",
    resolvConf: `${data(index)}/resolv.conf`,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}/${nodeName(index)}`,
    failCgroupV1: false,
    failSwapOn: false,
    podLogsDir: `${inside}/logs/${nodeName(index)}/pods`,
    volumePluginDir: `${data(index)}/volume-plugins`,
    // The machine's disk may be nearly full of other things; only a node that really cannot go on evicts.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 99,
    imageGCLowThresholdPercent: 98,
    serializeImagePulls: false,
    maxPods: 110,
    nodeStatusUpdateFrequency: "4s",
    protectKernelDefaults: false,
    makeIPTablesUtilChains: true,
    streamingConnectionIdleTimeout: "5m0s",
    eventRecordQPS: 5,
    seccompDefault: true,
    logging: { verbosity: 1 },
  };
}

function kubeProxyConfiguration(index: number) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: `${data(index)}/kube-proxy.kubeconfig` },
    hostnameOverride: nodeName(index),
    mode: "iptables",
    clusterCIDR: network.pods,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    iptables: { minSyncPeriod: "100ms" },
  };
}

function cniConfiguration(index: number) {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "pods",
        isDefaultGateway: true,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni",
          ranges: [[{ subnet: network.podRange(index) }]],
        },
      },
    ],
  };
}
