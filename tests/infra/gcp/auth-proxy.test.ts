import assert from "node:assert/strict";
import { authProxy } from "../../../infra/gcp/auth-proxy.js";

const proxy = authProxy({ connectionName: "acme-dev:europe-west1:mysql", port: 3306 });

describe("infra/gcp/auth-proxy", () => {
  it("is Google's proxy in one version, which never changes", () => {
    assert.equal(proxy.image, "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.25.3");
  });

  it("is a native sidecar: it starts before the app, stops after it and keeps no Job from ending", () => {
    assert.equal(proxy.restartPolicy, "Always");
  });

  it("connects to the private address, answers on the loopback, and ends well when it is told to", () => {
    assert.deepEqual(proxy.args, [
      "--private-ip",
      "--port=3306",
      "--structured-logs",
      "--health-check",
      "--http-address=0.0.0.0",
      "--http-port=9090",
      "--exit-zero-on-sigterm",
      "acme-dev:europe-west1:mysql",
    ]);
  });

  it("has no key file: it is who its pod is", () => {
    assert.equal(proxy.env, undefined);
    assert.equal(proxy.volumeMounts, undefined);
    assert.doesNotMatch(JSON.stringify(proxy), /credential|json-cred|token/i);
  });

  it("holds the app back for a minute until it has started, and is asked three different questions", () => {
    const { startupProbe, readinessProbe, livenessProbe, ports } = proxy;
    assert.deepEqual(ports, [{ name: "proxy-health", containerPort: 9090, protocol: "TCP" }]);
    assert.deepEqual(
      [startupProbe, readinessProbe, livenessProbe].map((probe: any) => probe.httpGet),
      ["/startup", "/readiness", "/liveness"].map((path) => ({ path, port: "proxy-health" })),
    );
    const { periodSeconds, failureThreshold }: any = startupProbe;
    assert.equal(periodSeconds * failureThreshold, 60);
  });

  it("asks for everything that it may use, and may do nothing else", () => {
    const amounts = { cpu: "250m", memory: "128Mi", "ephemeral-storage": "16Mi" };
    assert.deepEqual(proxy.resources, { requests: amounts, limits: amounts });
    assert.deepEqual(proxy.securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.equal(proxy.terminationMessagePolicy, "FallbackToLogsOnError");
  });
});
