import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { PrivateServiceAccess } from "../../../infra/gcp/private-service-access.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf, waitsFor } from "./google.js";

const CONNECTION = "gcp:servicenetworking/connection:Connection";

describe("infra/gcp/private-service-access", () => {
  let networkId: pulumi.Output<string>;
  const run = () =>
    record(() => {
      const access = new PrivateServiceAccess(
        "services",
        { project: "acme-dev", networkId: "net-id" },
        new Google().opts,
      );
      ({ networkId } = access);
    });

  it("reserves a range and connects Google's services by it", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), [
      "connection:Connection services",
      "globalAddress:GlobalAddress services",
    ]);
    assert.deepEqual(only(resources, "gcp:compute/globalAddress:GlobalAddress", "services").inputs, {
      project: "acme-dev",
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      prefixLength: 20,
      network: "net-id",
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
  });

  it("abandons the connection, which Google holds for days after the last instance, and finds it again", async () => {
    assert.deepEqual(only(await run(), CONNECTION, "services").inputs, {
      network: "net-id",
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: ["services-0a1b2c3"],
      deletionPolicy: "ABANDON",
      updateOnCreationFail: true,
    });
  });

  it("lets whoever takes the network from here wait for the connection", async () => {
    await run();
    assert.equal(await valueOf(networkId), "net-id");
    assert.deepEqual(await waitsFor(networkId), ["connection:Connection services"]);
  });
});
