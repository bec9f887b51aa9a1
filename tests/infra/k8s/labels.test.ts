import assert from "node:assert/strict";
import { labelsFor } from "../../../infra/k8s/labels.js";

describe("infra/k8s/labels", () => {
  it("selects by app and component and nothing else, because a selector can never change", () => {
    assert.deepEqual(labelsFor("journal", "frontend").selector, {
      "app.kubernetes.io/name": "journal",
      "app.kubernetes.io/component": "frontend",
    });
  });

  it("labels with the selector and with what people look for", () => {
    const { labels, selector } = labelsFor("journal", "frontend");
    assert.deepEqual(labels, {
      ...selector,
      app: "frontend",
      "app.kubernetes.io/part-of": "slipway",
      "app.kubernetes.io/managed-by": "pulumi",
    });
  });
});
