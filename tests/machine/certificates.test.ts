import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type * as Certificates from "../../machine/certificates.js";
import { defaultSettings } from "../../machine/layout.js";
import { Checkout } from "../support/checkout.js";

const authorities = ["ca", "etcd-ca", "front-proxy-ca"];
const day = 24 * 60 * 60 * 1000;
const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";
const own = ["IP Address:127.0.0.1", "DNS:localhost", "IP Address:10.89.0.1"];

interface Expected {
  by: string;
  subject: string;
  names?: string[];
}

const node = (index: number): Record<string, Expected> => {
  const subject = `CN=system:node:node-${index}\nO=system:nodes`;
  return {
    [`kubelet-node-${index}`]: { by: "ca", subject },
    [`kubelet-serving-node-${index}`]: {
      by: "ca",
      subject,
      names: [`IP Address:10.89.0.${10 + index}`, `DNS:node-${index}`],
    },
  };
};

const expected: Record<string, Expected> = {
  "kube-apiserver": {
    by: "ca",
    subject: "CN=kube-apiserver",
    names: [
      ...["127.0.0.1", "10.89.0.1", "10.91.0.1"].map((address) => `IP Address:${address}`),
      "DNS:localhost",
      ...["", ".default", ".default.svc", ".default.svc.cluster.local"].map((end) => `DNS:kubernetes${end}`),
    ],
  },
  "apiserver-kubelet-client": { by: "ca", subject: "CN=kube-apiserver-kubelet-client\nO=system:masters" },
  "kube-controller-manager": { by: "ca", subject: "CN=system:kube-controller-manager", names: own },
  "kube-scheduler": { by: "ca", subject: "CN=system:kube-scheduler", names: own },
  "kube-proxy": { by: "ca", subject: "CN=system:kube-proxy" },
  admin: { by: "ca", subject: "CN=slipway-admin\nO=system:masters" },
  "acme-directory": { by: "ca", subject: "CN=acme-directory", names: own },
  "metrics-server": {
    by: "ca",
    subject: "CN=metrics-server",
    names: ["DNS:metrics-server.kube-system.svc", "DNS:metrics-server.kube-system.svc.cluster.local"],
  },
  etcd: { by: "etcd-ca", subject: "CN=etcd", names: own },
  "etcd-client": { by: "etcd-ca", subject: "CN=kube-apiserver" },
  "front-proxy-client": { by: "front-proxy-ca", subject: "CN=front-proxy-client" },
  ...node(1),
  ...node(2),
};

describe("machine/certificates", () => {
  const settings = { ...defaultSettings, nodes: 2 };
  let checkout: Checkout;
  let createCertificates: typeof Certificates.createCertificates;
  before(async () => {
    checkout = Checkout.shared();
    ({ createCertificates } = await checkout.load<typeof Certificates>("machine/certificates"));
    await createCertificates(settings);
  });

  const file = (name: string) => join(checkout.local, "pki", name);
  const read = (name: string) => readFileSync(file(name), "utf8");
  const certificate = (name: string) => new X509Certificate(read(`${name}.crt`));
  const everyFile = () =>
    Object.fromEntries(readdirSync(join(checkout.local, "pki")).map((name) => [name, read(name)]));

  /** Runs it as if that many days had passed; gives the names of what was made anew. */
  async function renewedAfter(days: number): Promise<string[]> {
    const before = everyFile();
    const now = Date.now;
    Date.now = () => now() + days * day;
    try {
      await createCertificates(settings);
    } finally {
      Date.now = now;
    }
    return Object.entries(everyFile())
      .filter(([name, text]) => before[name] !== text)
      .map(([name]) => name);
  }

  it("makes a certificate with its key for each that is expected, and nothing else", () => {
    const pairs = [...authorities, ...Object.keys(expected)].flatMap((name) => [
      `${name}.crt`,
      `${name}.key`,
    ]);
    const others = ["service-account.key", "service-account.pub", "encryption.key"];
    assert.deepEqual(Object.keys(everyFile()).sort(), [...pairs, ...others].sort());
    for (const name of [...authorities, ...Object.keys(expected)])
      assert.ok(certificate(name).checkPrivateKey(createPrivateKey(read(`${name}.key`))), name);
  });

  it("has each signed by the authority that it belongs to, and by no other", () => {
    for (const [name, { by }] of Object.entries(expected)) {
      const signers = authorities.filter((authority) =>
        certificate(name).verify(certificate(authority).publicKey),
      );
      assert.deepEqual(signers, [by], name);
      assert.equal(certificate(name).checkIssued(certificate(by)), true, name);
    }
  });

  it("gives each the subject that Kubernetes authorizes, and the names at which it is called", () => {
    for (const [name, { subject, names }] of Object.entries(expected)) {
      assert.equal(certificate(name).subject, subject, name);
      assert.equal(certificate(name).subjectAltName, names?.join(", "), name);
    }
  });

  it("lets only what has names serve, and of those only three be clients too", () => {
    const both = ["etcd", "kube-controller-manager", "kube-scheduler"];
    for (const [name, { names }] of Object.entries(expected)) {
      const isClient = names === undefined || both.includes(name);
      const usages = [...(isClient ? [clientAuth] : []), ...(names === undefined ? [] : [serverAuth])];
      assert.deepEqual(certificate(name).keyUsage, usages, name);
    }
  });

  it("keeps the three authorities apart, and lets nothing else sign", () => {
    const keys = authorities.map((name) =>
      certificate(name).publicKey.export({ type: "spki", format: "pem" }),
    );
    assert.equal(new Set(keys).size, 3);
    assert.equal(new Set(authorities.map((name) => certificate(name).subject)).size, 3);
    for (const name of authorities) assert.equal(certificate(name).ca, true, name);
    for (const name of Object.keys(expected)) assert.equal(certificate(name).ca, false, name);
  });

  it("lets nobody but their owner read any of it", () => {
    assert.equal(statSync(join(checkout.local, "pki")).mode & 0o777, 0o700);
    for (const name of Object.keys(everyFile())) assert.equal(statSync(file(name)).mode & 0o777, 0o600, name);
  });

  it("makes a pair of keys for service accounts, and 32 bytes to encrypt secrets with", () => {
    const both = createPublicKey(read("service-account.key")).export({ type: "spki", format: "pem" });
    assert.equal(both, read("service-account.pub"));
    assert.equal(Buffer.from(read("encryption.key"), "base64").length, 32);
  });

  it("changes nothing the second time", async () => {
    assert.deepEqual(await renewedAfter(0), []);
  });

  it("adds a node's certificates when a node is added, and nothing else", async () => {
    const before = Object.keys(everyFile());
    await createCertificates({ ...settings, nodes: 3 });
    const added = Object.keys(everyFile()).filter((name) => !before.includes(name));
    const names = ["kubelet-node-3", "kubelet-serving-node-3"];
    assert.deepEqual(added.sort(), names.flatMap((name) => [`${name}.crt`, `${name}.key`]).sort());
    for (const name of added) rmSync(file(name));
  });

  it("renews, in their last thirty days, the certificates but not the authorities", async () => {
    assert.deepEqual(await renewedAfter(334), []);
    const pairs = Object.keys(expected).flatMap((name) => [`${name}.crt`, `${name}.key`]);
    assert.deepEqual((await renewedAfter(336)).sort(), pairs.sort());
    for (const [name, { by }] of Object.entries(expected)) {
      assert.ok(certificate(name).verify(certificate(by).publicKey), name);
      assert.ok(certificate(name).checkPrivateKey(createPrivateKey(read(`${name}.key`))), name);
    }
  });

  it("goes on after an interruption between a key and its certificate", async () => {
    rmSync(file("etcd.crt"));
    rmSync(file("etcd-client.crt"));
    const changed = ["etcd-client.crt", "etcd-client.key", "etcd.crt", "etcd.key"];
    assert.deepEqual((await renewedAfter(0)).sort(), changed);
  });
});
