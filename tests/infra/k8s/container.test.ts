import assert from "node:assert/strict";
import { container, httpContainer } from "../../../infra/k8s/container.js";

const args = {
  name: "frontend",
  image: "registry.example/frontend:v1.0.0-0000000",
  imagePullPolicy: "Always" as const,
  resources: { cpu: "1", memory: "1G", ephemeralStorage: "64Mi" },
};

describe("infra/k8s/container", () => {
  it("asks for everything that it may use, also when it may use little", () => {
    const amounts = { cpu: "1", memory: "1G", "ephemeral-storage": "64Mi" };
    assert.deepEqual(httpContainer({ ...args, port: 8080 }).resources, {
      requests: amounts,
      limits: amounts,
    });
  });

  it("runs as the images' own user, writes nowhere and can become nobody else", () => {
    assert.deepEqual(httpContainer({ ...args, port: 8080 }).securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("asks /livez whether to restart and /readyz whether to send requests", () => {
    const { livenessProbe, readinessProbe, startupProbe } = httpContainer({ ...args, port: 8080 }) as any;
    assert.deepEqual(livenessProbe.httpGet, { path: "/livez", port: "http" });
    assert.deepEqual(startupProbe.httpGet, { path: "/livez", port: "http" });
    assert.deepEqual(readinessProbe.httpGet, { path: "/readyz", port: "http" });
  });

  it("takes another path for readiness", () => {
    const { readinessProbe } = httpContainer({ ...args, port: 8080, readinessPath: "/" }) as any;
    assert.equal(readinessProbe.httpGet.path, "/");
  });

  it("gives a program a minute to start in before it is restarted", () => {
    const { startupProbe } = httpContainer({ ...args, port: 8080 }) as any;
    assert.equal(startupProbe.periodSeconds * startupProbe.failureThreshold, 60);
  });

  it("names its port by the protocol, and says it is TCP", () => {
    assert.deepEqual(httpContainer({ ...args, port: 8080 }).ports, [
      { name: "http", containerPort: 8080, protocol: "TCP" },
    ]);
  });

  it("shows the last lines of a program that died as the reason", () => {
    assert.equal(httpContainer({ ...args, port: 8080 }).terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("keeps the image's own command unless another is given", () => {
    const probes = { readinessProbe: {}, livenessProbe: {}, ports: [] };
    assert.equal("command" in container({ ...args, ...probes }), false);
    assert.deepEqual(container({ ...args, ...probes, command: ["/bin/sh"] }).command, ["/bin/sh"]);
  });
});
