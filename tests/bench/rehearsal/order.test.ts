import assert from "node:assert/strict";
import { orderWithoutComponents, type Ordered } from "../../../bench/rehearsal/order.js";

describe("bench/rehearsal/order", () => {
  const custom = (urn: string, more: Partial<Ordered> = {}): Ordered => ({ urn, custom: true, ...more });
  const component = (urn: string, more: Partial<Ordered> = {}): Ordered => ({ urn, custom: false, ...more });
  const orderOf = (...resources: Ordered[]) => Object.fromEntries(orderWithoutComponents(resources));

  it("makes what is in a component wait for what the component waits for", () => {
    const order = orderOf(
      custom("issuer"),
      component("outer", { dependencies: ["issuer"] }),
      component("inner", { parent: "outer" }),
      custom("role", { parent: "inner" }),
    );
    assert.deepEqual(order, { issuer: [], role: ["issuer"] });
  });

  it("makes who waits for a component wait for all that is in it", () => {
    const order = orderOf(
      component("outer"),
      custom("first", { parent: "outer" }),
      component("inner", { parent: "outer" }),
      custom("second", { parent: "inner" }),
      custom("last", { dependencies: ["outer"] }),
    );
    assert.deepEqual(order.last, ["first", "second"]);
  });

  it("leaves out what another one waits for already, and what the provider does", () => {
    const order = orderOf(
      custom("api"),
      custom("cluster", { dependencies: ["api"] }),
      custom("provider", { dependencies: ["cluster"] }),
      custom("namespace", { provider: "provider::id", dependencies: ["api", "cluster"] }),
      custom("pod", { provider: "provider::id", dependencies: ["namespace", "api"] }),
    );
    assert.deepEqual(order, {
      api: [],
      cluster: ["api"],
      provider: ["cluster"],
      namespace: ["provider"],
      pod: ["namespace"],
    });
  });
});
