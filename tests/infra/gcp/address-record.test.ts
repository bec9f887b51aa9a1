import assert from "node:assert/strict";
import { addressRecord } from "../../../infra/gcp/address-record.js";

describe("infra/gcp/address-record", () => {
  it("says where a host is, by its full name with the dot at its end", () => {
    const args = { project: "acme-dev", dnsZone: "example-com", address: "203.0.113.10" };
    assert.deepEqual(addressRecord({ ...args, host: "journal.example.com" }), {
      project: "acme-dev",
      managedZone: "example-com",
      name: "journal.example.com.",
      type: "A",
      ttl: 300,
      rrdatas: ["203.0.113.10"],
    });
  });
});
