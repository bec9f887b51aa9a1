import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type * as Certificates from "../../machine/certificates.js";
import {
  apiServerFlags,
  controlPlaneServices,
  controllerManagerFlags,
  schedulerFlags,
} from "../../machine/control-plane.js";
import type * as ControlPlane from "../../machine/control-plane.js";
import { acmePort, controlPlane, defaultSettings, ingressNodePorts, network } from "../../machine/layout.js";
import { type Service, runScript } from "../../machine/services.js";
import { Checkout } from "../support/checkout.js";

const settings = { ...defaultSettings, nodes: 2, httpPort: 18080, httpsPort: 18443, apiPort: 16443 };

const flagOf = (flags: string[], name: string) =>
  flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);

function service(name: string): Service {
  const found = controlPlaneServices(settings).find((candidate) => candidate.name === name);
  assert.ok(found, name);
  return found;
}

describe("machine/control-plane", () => {
  it("runs these programs", () => {
    assert.deepEqual(
      controlPlaneServices(settings).map(({ name }) => name),
      ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "forward", "acme", "acme-dns"],
    );
  });

  it("serves with a certificate and forward-secret ciphers wherever Kubernetes' servers listen", () => {
    const servers = {
      "kube-apiserver": apiServerFlags(),
      "kube-controller-manager": controllerManagerFlags(),
      "kube-scheduler": schedulerFlags(),
    };
    for (const [name, flags] of Object.entries(servers)) {
      assert.equal(flagOf(flags, "tls-cert-file"), `/run/slipway/pki/${name}.crt`);
      assert.equal(flagOf(flags, "tls-private-key-file"), `/run/slipway/pki/${name}.key`);
      for (const cipher of flagOf(flags, "tls-cipher-suites")?.split(",") ?? [""])
        assert.match(cipher, /^TLS_ECDHE_ECDSA_WITH_(AES_\d+_GCM_SHA\d+|CHACHA20_POLY1305_SHA256)$/, name);
      assert.deepEqual(
        flags.filter((flag) => /insecure|^--port=|--secure-port=0|skip-tls/.test(flag)),
        [],
        name,
      );
    }
  });

  it("lets etcd talk in TLS only, to clients and peers whose certificate its own authority signed", () => {
    const { command } = service("etcd");
    const urls = command.filter((flag) => /urls=|cluster=/.test(flag));
    assert.equal(urls.length, 5);
    for (const flag of urls) assert.match(flag, /=(control-plane=)?https:\/\/127\.0\.0\.1:\d+$/);
    for (const kind of ["", "peer-"]) {
      assert.ok(
        command.some((flag) => RegExp(`^--${kind}client-cert-auth(=true)?$`).test(flag)),
        kind,
      );
      assert.equal(flagOf(command, `${kind}trusted-ca-file`), "/run/slipway/pki/etcd-ca.crt");
      assert.equal(flagOf(command, `${kind}cert-file`), "/run/slipway/pki/etcd.crt");
      assert.equal(flagOf(command, `${kind}key-file`), "/run/slipway/pki/etcd.key");
    }
  });

  it("has the API server know who it talks to, in each direction", () => {
    const flags = apiServerFlags();
    const files = {
      "client-ca-file": "ca.crt",
      "etcd-cafile": "etcd-ca.crt",
      "etcd-certfile": "etcd-client.crt",
      "etcd-keyfile": "etcd-client.key",
      "kubelet-certificate-authority": "ca.crt",
      "kubelet-client-certificate": "apiserver-kubelet-client.crt",
      "kubelet-client-key": "apiserver-kubelet-client.key",
      "requestheader-client-ca-file": "front-proxy-ca.crt",
      "proxy-client-cert-file": "front-proxy-client.crt",
      "proxy-client-key-file": "front-proxy-client.key",
    };
    for (const [flag, file] of Object.entries(files))
      assert.equal(flagOf(flags, flag), `/run/slipway/pki/${file}`, flag);
    assert.match(flagOf(flags, "etcd-servers") ?? "", /^https:/);
    assert.equal(flagOf(flags, "requestheader-allowed-names"), "front-proxy-client");
  });

  it("lets nobody in without a name, and nobody do what no role allows", () => {
    const flags = apiServerFlags();
    assert.equal(flagOf(flags, "anonymous-auth"), "false");
    assert.equal(flagOf(flags, "authorization-mode"), "Node,RBAC");
    assert.ok(flagOf(flags, "enable-admission-plugins")?.split(",").includes("NodeRestriction"));
    assert.equal(flagOf(flags, "disable-admission-plugins"), undefined);
    assert.equal(flagOf(flags, "token-auth-file"), undefined);
    for (const other of [controllerManagerFlags(), schedulerFlags()]) {
      assert.equal(flagOf(other, "bind-address"), "127.0.0.1");
      assert.ok(flagOf(other, "authentication-kubeconfig"));
      assert.ok(flagOf(other, "authorization-kubeconfig"));
    }
  });

  it("gives away no flag twice, since only the last would count", () => {
    for (const { name, command } of controlPlaneServices(settings)) {
      const names = command.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0]);
      assert.deepEqual(names, [...new Set(names)], name);
    }
  });

  it("leads the machine's ports to the API server and to the Ingress controller of every node", () => {
    assert.deepEqual(service("forward").command.slice(1), [
      "-netns",
      "/run/netns",
      "127.0.0.1:16443=10.89.0.1:6443",
      `127.0.0.1:18080=10.89.0.11:${ingressNodePorts.http},10.89.0.12:${ingressNodePorts.http}`,
      `127.0.0.1:18443=10.89.0.11:${ingressNodePorts.https},10.89.0.12:${ingressNodePorts.https}`,
    ]);
    const outside = controlPlaneServices(settings).filter(({ machineNetwork }) => machineNetwork === true);
    assert.deepEqual(
      outside.map(({ name }) => name),
      ["forward"],
    );
  });

  for (const nodes of [1, 3, 9]) {
    it(`leads them to ${nodes === 1 ? "the one node" : `all ${nodes} nodes`} of a cluster of ${nodes}`, () => {
      const services = controlPlaneServices({ ...settings, nodes });
      const forwards = services.find(({ name }) => name === "forward")?.command ?? [];
      for (const [port, nodePort] of [
        [18080, ingressNodePorts.http],
        [18443, ingressNodePorts.https],
      ] as const) {
        const targets = forwards.find((word) => word.startsWith(`127.0.0.1:${port}=`))?.split("=")[1];
        const expected = Array.from({ length: nodes }, (_, index) => `10.89.0.${11 + index}:${nodePort}`);
        assert.deepEqual(targets?.split(","), expected);
      }
    });
  }

  describe("writeControlPlaneFiles", () => {
    let checkout: Checkout;
    before(async () => {
      checkout = Checkout.shared();
      const { createCertificates } = await checkout.load<typeof Certificates>("machine/certificates");
      await createCertificates(settings);
      const { writeControlPlaneFiles } = await checkout.load<typeof ControlPlane>("machine/control-plane");
      await writeControlPlaneFiles(settings);
    });

    const read = (name: string) => readFileSync(join(checkout.local, "hosts/control-plane", name), "utf8");
    const scripts = () => controlPlaneServices(settings).map((each) => runScript(controlPlane, each));

    it("makes every file that a flag or another file names", () => {
      const folder = join(checkout.local, "hosts/control-plane");
      const texts = [...scripts(), ...readdirSync(folder).map(read)].join("\n");
      const named = new Set(texts.match(/\/run\/slipway\/(pki|hosts)\/[\w./-]+\.[a-z]+/g));
      assert.ok(named.size > 25, String(named.size));
      const missing = [...named].filter((file) => !existsSync(file.replace("/run/slipway", checkout.local)));
      assert.deepEqual(missing, []);
    });

    it("puts no secret on a command line or into a variable, which other users can read", () => {
      const pki = join(checkout.local, "pki");
      const secrets = readdirSync(pki)
        .filter((name) => name.endsWith(".key"))
        .flatMap((name) => readFileSync(join(pki, name), "utf8").split("\n"))
        .filter((line) => line.length > 20 && !line.includes("-----"));
      assert.ok(secrets.length > 30);
      for (const script of scripts())
        assert.deepEqual(
          secrets.filter((secret) => script.includes(secret)),
          [],
        );
    });

    it("encrypts secrets at rest with the key of this machine", () => {
      const { resources } = JSON.parse(read("encryption.yaml"));
      const secret = readFileSync(join(checkout.local, "pki/encryption.key"), "utf8");
      assert.deepEqual(resources, [
        {
          resources: ["secrets"],
          providers: [{ secretbox: { keys: [{ name: "key1", secret }] } }, { identity: {} }],
        },
      ]);
      const file = flagOf(apiServerFlags(), "encryption-provider-config");
      assert.equal(file, "/run/slipway/hosts/control-plane/encryption.yaml");
    });

    it("records who changed what, and never a body, which could hold a secret", () => {
      const { rules } = JSON.parse(read("audit-policy.yaml"));
      assert.deepEqual(rules.at(-1), { level: "Metadata" });
      assert.deepEqual(
        rules
          .map(({ level }: { level: string }) => level)
          .filter((level: string) => level.startsWith("Request")),
        [],
      );
      const silent = rules.filter(({ level }: { level: string }) => level === "None");
      for (const rule of silent)
        assert.ok(rule.verbs?.every((verb: string) => /get|list|watch/.test(verb)) ?? rule.resources);
    });

    it("lets nobody but their owner read any of them", () => {
      const folder = join(checkout.local, "hosts/control-plane");
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      for (const file of [
        ...readdirSync(folder).map((name) => join(folder, name)),
        checkout.path(".local/kubeconfig"),
      ])
        assert.equal(statSync(file).mode & 0o777, 0o600, file);
    });

    it("gives people a kubeconfig that names this checkout's files and the machine's port", () => {
      const config = JSON.parse(readFileSync(checkout.path(".local/kubeconfig"), "utf8"));
      const pki = join(checkout.local, "pki");
      assert.deepEqual(config.clusters, [
        {
          name: "slipway",
          cluster: { server: "https://127.0.0.1:16443", "certificate-authority": join(pki, "ca.crt") },
        },
      ]);
      assert.deepEqual(config.users, [
        {
          name: "admin",
          user: { "client-certificate": join(pki, "admin.crt"), "client-key": join(pki, "admin.key") },
        },
      ]);
      assert.equal(config["current-context"], "slipway");
    });

    it("has the ACME server listen inside the cluster's network, and call the ports of the Ingress controller", () => {
      const { pebble } = JSON.parse(read("pebble.json"));
      assert.equal(pebble.listenAddress, `${network.controlPlane}:${acmePort}`);
      assert.equal(pebble.managementListenAddress, "127.0.0.1:15000");
      assert.deepEqual([pebble.httpPort, pebble.tlsPort], [ingressNodePorts.http, ingressNodePorts.https]);
      assert.match(read("acme-dns.corefile"), /^localhost:8053 \{\n {2}bind 127\.0\.0\.1\n/);
      assert.equal(service("acme").command.at(-1), "127.0.0.1:8053");
    });
  });
});
