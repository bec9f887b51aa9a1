import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { writeWhole } from "../shell/whole-file.js";
import { network, nodeIndexes, nodeName, type Settings } from "./layout.js";

x509.cryptoProvider.set(webcrypto as Crypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60 * 1000);

interface Authority {
  certificate: x509.X509Certificate;
  key: CryptoKey;
}

interface Subject {
  commonName: string;
  organization?: string;
  /** Addresses and names of a server; a client has none. */
  names?: string[];
  /** A server that shows the same certificate where it is a client itself. */
  alsoClient?: boolean;
}

type SignedSubject = { by: "ca" | "etcd-ca" | "front-proxy-ca" } & Subject;

/** What the authorities sign: the file's name, who signs, and for whom. */
function subjects(settings: Settings): Record<string, SignedSubject> {
  const apiServerNames = [
    "127.0.0.1",
    network.controlPlane,
    network.kubernetesService,
    "localhost",
    ...["", ".default", ".default.svc", ".default.svc.cluster.local"].map((suffix) => `kubernetes${suffix}`),
  ];
  const own = ["127.0.0.1", "localhost", network.controlPlane];
  const nodes = nodeIndexes(settings).flatMap((index): [string, SignedSubject][] => [
    [
      `kubelet-${nodeName(index)}`,
      { by: "ca", commonName: `system:node:${nodeName(index)}`, organization: "system:nodes" },
    ],
    [
      `kubelet-serving-${nodeName(index)}`,
      {
        by: "ca",
        commonName: `system:node:${nodeName(index)}`,
        organization: "system:nodes",
        names: [network.nodeAddress(index), nodeName(index)],
      },
    ],
  ]);
  return {
    "kube-apiserver": { by: "ca", commonName: "kube-apiserver", names: apiServerNames },
    "apiserver-kubelet-client": {
      by: "ca",
      commonName: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    },
    "kube-controller-manager": {
      by: "ca",
      commonName: "system:kube-controller-manager",
      names: own,
      alsoClient: true,
    },
    "kube-scheduler": { by: "ca", commonName: "system:kube-scheduler", names: own, alsoClient: true },
    "kube-proxy": { by: "ca", commonName: "system:kube-proxy" },
    admin: { by: "ca", commonName: "slipway-admin", organization: "system:masters" },
    "acme-directory": { by: "ca", commonName: "acme-directory", names: own },
    "metrics-server": {
      by: "ca",
      commonName: "metrics-server",
      names: ["metrics-server.kube-system.svc", "metrics-server.kube-system.svc.cluster.local"],
    },
    etcd: { by: "etcd-ca", commonName: "etcd", names: own, alsoClient: true },
    "etcd-client": { by: "etcd-ca", commonName: "kube-apiserver" },
    "front-proxy-client": { by: "front-proxy-ca", commonName: "front-proxy-client" },
    ...Object.fromEntries(nodes),
  };
}

/**
 * Makes the authorities, certificates and keys of the cluster that are not there yet, all readable by their owner only.
 * etcd and the aggregation layer have authorities of their own: whoever they trust must not come from the cluster's.
 */
export async function createCertificates(settings: Settings): Promise<void> {
  await mkdir(paths.pki, { recursive: true, mode: 0o700 });
  const authorities = {
    ca: await authority("ca"),
    "etcd-ca": await authority("etcd-ca"),
    "front-proxy-ca": await authority("front-proxy-ca"),
  };
  for (const [name, { by, ...subject }] of Object.entries(subjects(settings))) {
    if (await needsRenewal(name)) await issue(name, subject, authorities[by]);
  }
  if (!existsSync(file("service-account.key"))) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await save("service-account.pub", publicKey.export({ type: "spki", format: "pem" }).toString());
    await save("service-account.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  if (!existsSync(file("encryption.key"))) await save("encryption.key", randomBytes(32).toString("base64"));
}

async function needsRenewal(name: string): Promise<boolean> {
  if (!existsSync(file(`${name}.crt`))) return true;
  return new x509.X509Certificate(await readFile(file(`${name}.crt`), "utf8")).notAfter < days(30);
}

const file = (name: string) => join(paths.pki, name);

const save = (name: string, text: string) => writeWhole(file(name), text);

async function authority(name: string): Promise<Authority> {
  if (!existsSync(file(`${name}.crt`))) {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=slipway ${name}`,
      notAfter: days(3650),
      keys: keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    await save(`${name}.key`, await exportKey(keys.privateKey));
    await save(`${name}.crt`, certificate.toString("pem"));
  }
  return {
    certificate: new x509.X509Certificate(await readFile(file(`${name}.crt`), "utf8")),
    key: await importKey(`${name}.key`),
  };
}

async function issue(
  name: string,
  { commonName, organization, names, alsoClient = false }: Subject,
  by: Authority,
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const usages = [
    ...(names === undefined || alsoClient ? [x509.ExtendedKeyUsage.clientAuth] : []),
    ...(names === undefined ? [] : [x509.ExtendedKeyUsage.serverAuth]),
  ];
  const alternatives = (names ?? []).map((value): x509.JsonGeneralName => ({
    type: /^[0-9.]+$/.test(value) ? "ip" : "dns",
    value,
  }));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }, ...(organization === undefined ? [] : [{ O: [organization] }])],
    issuer: by.certificate.subject,
    notAfter: days(365),
    publicKey: keys.publicKey,
    signingKey: by.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(by.certificate),
      ...(alternatives.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(alternatives)]),
    ],
  });
  await rm(file(`${name}.key`), { force: true });
  await save(`${name}.key`, await exportKey(keys.privateKey));
  await save(`${name}.crt`, certificate.toString("pem"));
}

async function exportKey(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function importKey(name: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(await readFile(file(name), "utf8"));
  return await webcrypto.subtle.importKey("pkcs8", der as ArrayBuffer, algorithm, false, ["sign"]);
}
