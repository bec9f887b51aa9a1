import assert from "node:assert/strict";
import { ClusterKey } from "../../../infra/gcp/cluster-key.js";
import { only, record } from "../../support/program.js";
import { Google, listOf, waitsFor } from "./google.js";

const KEY = "gcp:kms/cryptoKey:CryptoKey";

describe("infra/gcp/cluster-key", () => {
  let key: ClusterKey;
  const run = (protection = true) =>
    record(() => {
      key = new ClusterKey(
        "key",
        { project: "acme-dev", region: "europe-west1", gkeServiceAgent: "serviceAccount:gke", protection },
        new Google().opts,
      );
    });

  it("is a key in a ring of the cluster's region, changed every ninety days", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), [
      "cryptoKey:CryptoKey key",
      "cryptoKeyIAMMember:CryptoKeyIAMMember key",
      "keyRing:KeyRing key",
    ]);
    assert.deepEqual(only(resources, "gcp:kms/keyRing:KeyRing", "key").inputs, {
      project: "acme-dev",
      location: "europe-west1",
    });
    assert.deepEqual(only(resources, KEY, "key").inputs, {
      keyRing: "key-id",
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: "7776000s",
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
  });

  it("is used by GKE and by nobody else, before any cluster names it", async () => {
    const resources = await run();
    assert.deepEqual(only(resources, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "key").inputs, {
      cryptoKeyId: "key-id",
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: "serviceAccount:gke",
    });
    assert.deepEqual(await waitsFor(key.keyName), [
      "cryptoKey:CryptoKey key",
      "cryptoKeyIAMMember:CryptoKeyIAMMember key",
    ]);
  });

  it("refuses to be destroyed where the cluster does", async () => {
    assert.equal(only(await run(true), KEY, "key").protect, true);
    assert.equal(only(await run(false), KEY, "key").protect, false);
  });
});
