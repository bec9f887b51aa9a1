import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { network } from "../../machine/layout.js";
import { nodeServices, zoneOf } from "../../machine/node.js";
import type * as Node from "../../machine/node.js";
import { Checkout } from "../support/checkout.js";

const pause = `slipway.local/pause@sha256:${"a".repeat(64)}`;

describe("machine/node", () => {
  let checkout: Checkout;
  before(async () => {
    checkout = Checkout.shared();
    const { writeNodeFiles } = await checkout.load<typeof Node>("machine/node");
    for (const index of [1, 2, 3]) await writeNodeFiles(index, pause);
  });

  const read = (index: number, name: string) =>
    readFileSync(join(checkout.local, `hosts/node-${index}`, name), "utf8");
  const kubelet = (index: number) => JSON.parse(read(index, "kubelet.json"));
  const filesOf = (index: number) =>
    readdirSync(join(checkout.local, `hosts/node-${index}`), { recursive: true, encoding: "utf8" }).filter(
      (name) => name.includes("."),
    );

  it("spreads the nodes over three zones by turns", () => {
    assert.deepEqual([1, 2, 3, 4].map(zoneOf), ["local-a", "local-b", "local-c", "local-a"]);
  });

  it("runs containerd, kubelet and kube-proxy with files of the node's own", () => {
    const services = nodeServices(2);
    assert.deepEqual(
      services.map(({ name }) => name),
      ["containerd", "kubelet", "kube-proxy"],
    );
    for (const { name, command } of services) {
      const files = command.slice(1).filter((word) => word.includes("/run/slipway/"));
      assert.ok(files.length > 0, name);
      for (const file of files) assert.match(file, /\/run\/slipway\/hosts\/node-2\//, name);
    }
  });

  it("registers a node under its own name, address and zone", () => {
    for (const index of [1, 2, 3]) {
      const command = nodeServices(index)[1]?.command ?? [];
      const address = `10.89.0.${10 + index}`;
      assert.ok(command.includes(`--hostname-override=node-${index}`));
      assert.ok(command.includes(`--node-ip=${address}`));
      const labels = command.find((flag) => flag.startsWith("--node-labels=")) ?? "";
      assert.ok(labels.endsWith(`topology.kubernetes.io/zone=local-${"abc".charAt(index - 1)}`), labels);
      assert.equal(kubelet(index).address, address);
      assert.equal(JSON.parse(read(index, "kube-proxy.json")).hostnameOverride, `node-${index}`);
    }
  });

  it("names no other node, its address, its pods or its files anywhere", () => {
    const texts = (index: number) =>
      [...filesOf(index).map((name) => read(index, name)), JSON.stringify(nodeServices(index))].join("\n");
    for (const index of [1, 2, 3]) {
      for (const other of [1, 2, 3].filter((candidate) => candidate !== index)) {
        const foreign = [`node-${other}`, network.nodeAddress(other), network.podRange(other)];
        for (const text of foreign)
          assert.equal(texts(index).includes(text), false, `${text} in files of node-${index}`);
      }
    }
  });

  it("has a kubelet that lets nobody in without a certificate or a token that the API server knows", () => {
    const { authentication, authorization, ...config } = kubelet(1);
    assert.deepEqual(authentication, {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: "/run/slipway/pki/ca.crt" },
    });
    assert.deepEqual(authorization, { mode: "Webhook" });
    assert.equal(config.readOnlyPort, 0);
    assert.equal(config.tlsCertFile, "/run/slipway/pki/kubelet-serving-node-1.crt");
    assert.equal(config.tlsPrivateKeyFile, "/run/slipway/pki/kubelet-serving-node-1.key");
    assert.equal(config.tlsMinVersion, "VersionTLS12");
    assert.equal(config.healthzBindAddress, "127.0.0.1");
    assert.equal(config.seccompDefault, true);
  });

  it("keeps kube-proxy's unencrypted ports to the node itself", () => {
    const { healthzBindAddress, metricsBindAddress } = JSON.parse(read(1, "kube-proxy.json"));
    for (const address of [healthzBindAddress, metricsBindAddress]) assert.match(address, /^127\.0\.0\.1:/);
  });

  it("gives pods addresses of the node's own range, and the cluster's name server", () => {
    const { plugins } = JSON.parse(read(3, "cni/10-bridge.conflist"));
    assert.deepEqual(plugins[0].ipam.ranges, [[{ subnet: "10.90.3.0/24" }]]);
    assert.deepEqual(kubelet(3).clusterDNS, [network.dnsService]);
  });

  it("has kubelet and containerd agree on the socket and on the pause image", () => {
    const socket = "/run/containerd/containerd.sock";
    assert.equal(kubelet(1).containerRuntimeEndpoint, `unix://${socket}`);
    assert.ok(read(1, "containerd.toml").includes(`address = "${socket}"`));
    assert.ok(read(1, "containerd.toml").includes(`sandbox = "${pause}"`));
  });

  it("collects garbage later than Go would by itself, in what starts pods", () => {
    assert.deepEqual(
      nodeServices(1).map(({ name, env }) => [name, env?.GOGC]),
      [
        ["containerd", "400"],
        ["kubelet", "200"],
        ["kube-proxy", undefined],
      ],
    );
  });

  it("brings a pod's loopback up without a program for it", () => {
    const [, cni = ""] = read(1, "containerd.toml").split(
      /^ *\[plugins\."io\.containerd\.cri\.v1\.runtime"\.cni\]$/m,
    );
    assert.match(cni, /^ *use_internal_loopback = true$/m);
  });

  it("proves itself to the API server with the node's certificate, and kube-proxy with its own", () => {
    const user = (name: string) => JSON.parse(read(2, `${name}.kubeconfig`)).users[0].user;
    for (const name of ["kubelet-node-2", "kube-proxy"]) {
      assert.deepEqual(user(name), {
        "client-certificate": `/run/slipway/pki/${name}.crt`,
        "client-key": `/run/slipway/pki/${name}.key`,
      });
      const { cluster } = JSON.parse(read(2, `${name}.kubeconfig`)).clusters[0];
      assert.deepEqual(cluster, {
        server: "https://10.89.0.1:6443",
        "certificate-authority": "/run/slipway/pki/ca.crt",
      });
    }
  });

  it("lets nobody but their owner read any of it", () => {
    assert.equal(statSync(join(checkout.local, "hosts/node-1")).mode & 0o777, 0o700);
    const files = filesOf(1);
    assert.equal(files.length, 7);
    for (const name of files)
      assert.equal(statSync(join(checkout.local, "hosts/node-1", name)).mode & 0o777, 0o600, name);
  });
});
