import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { outsideMongoDb } from "../../../infra/k8s/outside-mongo-db.js";

describe("infra/k8s/outside-mongo-db", () => {
  it("keeps its address secret, and lets the pods call it wherever it is", async () => {
    const { uri, calls } = outsideMongoDb("chat", pulumi.output("mongodb://a/b"));

    assert.equal(await pulumi.isSecret(uri), true);
    assert.deepEqual(
      calls.map(({ peers, port }) => [peers, port]),
      [27015, 27016, 27017].map((port) => [[{ ipBlock: { cidr: "0.0.0.0/0" } }], port]),
    );
  });

  it("says what to do when there is no address", () => {
    assert.throws(
      () => outsideMongoDb("chat", undefined),
      /expected the address of a MongoDB for "chat", got none; run "pulumi config set --secret chatMongoUri"/,
    );
  });
});
