import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BlockList } from "node:net";
import { join } from "node:path";
import { acmePort, cgroup, defaultSettings, ingressNodePorts } from "../../machine/layout.js";
import { network, nodeIndexes, nodeName } from "../../machine/layout.js";
import type * as Layout from "../../machine/layout.js";
import { local, paths, repository } from "../../shell/paths.js";
import { Checkout } from "../support/checkout.js";

const read = (name: string) => readFileSync(join(repository, name), "utf8");

/** The addresses of a range. */
function rangeOf(cidr: string): BlockList {
  const [address = "", prefix] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(prefix));
  return list;
}

describe("machine/layout", () => {
  it("keeps everything below .local, which git ignores", () => {
    for (const [name, path] of Object.entries(paths)) assert.ok(path.startsWith(`${local}/`), name);
    assert.equal(local, join(repository, ".local"));
    assert.ok(read(".gitignore").split("\n").includes(".local/"));
  });

  it("tells checkouts on one machine apart by their control group", async () => {
    const checkout = Checkout.shared();
    const other = await checkout.load<typeof Layout>("machine/layout");
    assert.match(cgroup, /^slipway-[0-9a-f]{8}$/);
    assert.notEqual(other.cgroup, cgroup);
  });

  it("gives nodes, pods and services ranges that do not overlap", () => {
    const { nodes, pods, services } = network;
    for (const [one, other] of [
      [nodes, pods],
      [nodes, services],
      [pods, services],
    ] as const) {
      assert.equal(rangeOf(one).check(other.split("/")[0] ?? ""), false, `${one} holds ${other}`);
      assert.equal(rangeOf(other).check(one.split("/")[0] ?? ""), false, `${other} holds ${one}`);
    }
  });

  it("takes every address from its range, up to the ninth node", () => {
    const settings = { ...defaultSettings, nodes: 9 };
    const addresses = nodeIndexes(settings).map(network.nodeAddress);
    assert.equal(new Set([...addresses, network.controlPlane]).size, 10);
    for (const address of [...addresses, network.controlPlane])
      assert.ok(rangeOf(network.nodes).check(address), address);
    const ranges = nodeIndexes(settings).map(network.podRange);
    assert.equal(new Set(ranges).size, 9);
    for (const range of ranges) assert.ok(rangeOf(network.pods).check(range.split("/")[0] ?? ""), range);
    for (const address of [network.kubernetesService, network.dnsService])
      assert.ok(rangeOf(network.services).check(address), address);
  });

  it("counts nodes from one", () => {
    assert.deepEqual(nodeIndexes({ ...defaultSettings, nodes: 3 }).map(nodeName), [
      "node-1",
      "node-2",
      "node-3",
    ]);
  });

  it("has host.sh and the add-ons use the same addresses and ports", () => {
    assert.ok(read("machine/host.sh").includes(`ip address add ${network.controlPlane}/24 dev nodes`));
    assert.ok(read("machine/addons/coredns.yaml").includes(`clusterIP: ${network.dnsService}\n`));
    const traefik = read("machine/addons/traefik.yaml");
    assert.ok(traefik.includes(`caserver=https://${network.controlPlane}:${acmePort}/dir\n`));
    const nodePorts = [...traefik.matchAll(/nodePort: (\d+)/g)].map(([, port]) => Number(port));
    assert.deepEqual(nodePorts, [ingressNodePorts.http, ingressNodePorts.https]);
  });
});
