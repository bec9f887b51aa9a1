import assert from "node:assert/strict";
import { eksAllocatable, gkeAllocatable } from "../../../rehearsal/cluster/machine-types.js";

describe("rehearsal/cluster/machine-types", () => {
  // 16 GiB: a quarter of 4, a fifth of 4 and a tenth of 8 are reserved, 2.6 GiB, and 700 MiB more.
  it("leaves to pods of GKE what the documentation says that nodes do not keep", () => {
    assert.deepEqual(gkeAllocatable("e2-standard-4", 50), {
      cpu: "3520m",
      memory: "13021Mi",
      pods: "110",
      "ephemeral-storage": "25G",
    });
  });

  it("leaves to pods of EKS what the bootstrap does not reserve", () => {
    assert.deepEqual(eksAllocatable("m5.large", 50), {
      cpu: "1630m",
      memory: "7218Mi",
      pods: "29",
      "ephemeral-storage": "45G",
    });
  });

  it("refuses a machine that it does not know, and says where to add it", () => {
    assert.throws(
      () => gkeAllocatable("m5.large", 50),
      /"m5\.large" of gke is not simulated .*machine-types\.ts/,
    );
  });
});
