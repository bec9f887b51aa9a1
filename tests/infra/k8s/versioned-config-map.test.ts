import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import assert from "node:assert/strict";
import { versionedConfigMap, versionedName } from "../../../infra/k8s/versioned-config-map.js";
import { valueOf } from "../../support/program.js";

const data = fc.dictionary(fc.stringMatching(/^[a-zA-Z.]{1,8}$/), fc.string());

describe("infra/k8s/versioned-config-map", () => {
  it("makes up a name that Kubernetes takes", () => {
    fc.assert(
      fc.property(data, (some) => {
        assert.match(versionedName("frontend-config", some), /^frontend-config-[0-9a-f]{10}$/);
      }),
    );
  });

  it("keeps the name for the same data, in whatever order, and for no other", () => {
    fc.assert(
      fc.property(data, data, (some, other) => {
        const reversed = Object.fromEntries(Object.entries(some).reverse());
        assert.equal(versionedName("c", some), versionedName("c", reversed));
        const same =
          JSON.stringify(Object.entries(some).sort()) === JSON.stringify(Object.entries(other).sort());
        assert.equal(versionedName("c", some) === versionedName("c", other), same);
      }),
    );
  });

  it("looks through outputs, which all look the same until they are resolved", async () => {
    const nameOf = (value: string) => {
      const { metadata } = versionedConfigMap({
        name: "c",
        namespace: "n",
        labels: {},
        data: { key: pulumi.output(value) },
      }) as any;
      return valueOf<string>(metadata.name);
    };
    assert.equal(await nameOf("one"), versionedName("c", { key: "one" }));
    assert.notEqual(await nameOf("one"), await nameOf("two"));
  });
});
