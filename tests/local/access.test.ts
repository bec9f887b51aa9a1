import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { execa } from "execa";
import { controlPlane } from "../../machine/layout.js";
import { network } from "../../machine/layout.js";
import { paths } from "../../shell/paths.js";
import { clusterProcesses, socketsOf } from "./footprint.js";
import { processOneOf } from "./nodes.js";
import { settings } from "./platform.js";

const pki = (name: string) => readFileSync(join(paths.pki, name));

/** What the API server answers to whom shows this certificate, or none. */
function askApi(path: string, client: { cert?: Buffer; key?: Buffer } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: settings().apiPort, path, ca: pki("ca.crt"), ...client };
    const outgoing = request({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Runs a few lines of JavaScript inside the cluster's own network, where the machine itself is not. */
async function insideCluster(script: string, authority = "ca.crt"): Promise<string> {
  const namespace = `--net=/proc/${processOneOf(controlPlane)}/root/run/netns`;
  const env = { NODE_EXTRA_CA_CERTS: join(paths.pki, authority) };
  return (await execa("nsenter", [namespace, process.execPath, "-e", script], { env })).stdout;
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("access to the cluster", () => {
  it("is by three ports of 127.0.0.1 and nothing else: API, http and https", () => {
    const { apiPort, httpPort, httpsPort } = settings();
    const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");
    assert.deepEqual(
      socketsOf(clusterProcesses()),
      [apiPort, httpPort, httpsPort].map((port) => `tcp 0100007F:${hex(port)}`).sort(),
    );
  });

  it("from the machine's own network has no way to a node: no address, route or neighbour there", async () => {
    const { stdout: addresses } = await execa("ip", ["-o", "address"]);
    const { stdout: routes } = await execa("ip", ["route", "show", "table", "all"]);
    for (const range of [network.nodes, network.pods, network.services]) {
      const start = range.split(".").slice(0, 2).join(".");
      assert.ok(!addresses.includes(` ${start}.`), addresses);
      assert.ok(!routes.includes(`${start}.`), routes);
    }
  });

  for (const path of ["/", "/api", "/version", "/healthz", "/metrics", "/openid/v1/jwks"]) {
    it(`is refused by the API server to whom shows no certificate, ${path} too`, async () => {
      assert.equal(await askApi(path), 401);
      assert.notEqual(await askApi(path, { cert: pki("admin.crt"), key: pki("admin.key") }), 401);
    });
  }

  it("is refused by the API server to a certificate that etcd would accept", async () => {
    assert.equal(await askApi("/api", { cert: pki("etcd-client.crt"), key: pki("etcd-client.key") }), 401);
  });

  it("is refused by a kubelet, inside the cluster too, to whom shows no certificate", async () => {
    const script = `fetch("https://${network.nodeAddress(1)}:10250/pods").then((answer) => console.log(answer.status))`;
    assert.equal(await insideCluster(script), "401");
  });

  for (const [what, address] of Object.entries({
    "a kubelet's port for reading": `http://${network.nodeAddress(1)}:10255/pods`,
    "etcd on the cluster's network": `https://${network.controlPlane}:2379/version`,
    "etcd without a certificate": "https://127.0.0.1:2379/version",
  })) {
    it(`is refused, inside the cluster too, to ${what}`, async () => {
      const script = `fetch("${address}").then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`;
      assert.match(
        await insideCluster(script, "etcd-ca.crt"),
        /^(ECONNREFUSED|ECONNRESET|ERR_SSL_\w+|UND_ERR_SOCKET)$/,
      );
    });
  }

  it("has its keys, certificates and kubeconfig readable by their owner only", () => {
    for (const folder of [paths.pki, paths.hosts, join(paths.engine, "state")]) {
      assert.equal(modeOf(folder), "700", folder);
    }
    const files = readdirSync(paths.pki).map((name) => join(paths.pki, name));
    assert.ok(files.length > 20);
    for (const file of [...files, paths.kubeconfig, join(paths.engine, "passphrase")]) {
      assert.equal(modeOf(file), "600", file);
    }
  });
});
