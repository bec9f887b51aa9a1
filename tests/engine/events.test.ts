import assert from "node:assert/strict";
import { lineOf } from "../../engine/events.js";

describe("engine/events", () => {
  const urn = "urn:pulumi:local::slipway::slipway:apps:Redis$kubernetes:apps/v1:StatefulSet::redis";
  const about = (op: string) => ({ metadata: { op, urn } }) as any;

  it("tells of a resource when it begins, is done and has failed", () => {
    assert.equal(
      lineOf({ resourcePreEvent: about("create") } as any),
      "+ kubernetes:apps/v1:StatefulSet redis …",
    );
    assert.equal(
      lineOf({ resOutputsEvent: about("update") } as any),
      "~ kubernetes:apps/v1:StatefulSet redis done",
    );
    assert.equal(
      lineOf({ resOpFailedEvent: about("delete") } as any),
      "- kubernetes:apps/v1:StatefulSet redis failed",
    );
  });

  it("tells nothing of what stays the same, nor of an event that is of no resource", () => {
    assert.equal(lineOf({ resOutputsEvent: about("same") } as any), "");
    assert.equal(lineOf({ stdoutEvent: { message: "text", color: "" } } as any), "");
  });
});
