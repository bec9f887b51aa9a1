import fc from "fast-check";
import assert from "node:assert/strict";
import { ingressRule } from "../../../infra/k8s/ingress.js";

const routes = [
  { path: "/api", service: "frontend", port: 8080 },
  { path: "/", service: "fileserver", port: 80 },
];

describe("infra/k8s/ingress", () => {
  it("puts /api before /, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(routes, { minLength: 2 }), (shuffled) => {
        assert.deepEqual(ingressRule("journal.localhost", shuffled), {
          host: "journal.localhost",
          http: {
            paths: [
              {
                path: "/api",
                pathType: "Prefix",
                backend: { service: { name: "frontend", port: { number: 8080 } } },
              },
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "fileserver", port: { number: 80 } } },
              },
            ],
          },
        });
      }),
    );
  });
});
