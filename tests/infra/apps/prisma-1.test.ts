import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { ofKind } from "../../support/program.js";
import { deploymentOf, documentOf, podOf, prisma } from "./prisma-service.js";

const PRISMA_1 = `prismagraphql/prisma:1.34.12@sha256:${"1".repeat(64)}`;

describe("infra/apps/prisma with a Prisma 1 image", () => {
  it("is one pod, which is gone before the next one comes: two would wait for one lock", async () => {
    const { spec } = deploymentOf(await prisma({ image: PRISMA_1 }));
    assert.deepEqual([spec.replicas, spec.strategy], [1, { type: "Recreate" }]);
    assert.equal(spec.template.spec.containers[0].image, PRISMA_1);
  });

  it("refuses two", async () => {
    await assert.rejects(prisma({ image: PRISMA_1, replicas: 2 }), ({ reason }: any) =>
      /expected 1 of a Prisma 1 server.*got 2/.test(reason),
    );
  });

  it("gets the document in its own words, by the file that it reads", async () => {
    const resources = await prisma({ image: PRISMA_1, managementApiSecret: pulumi.secret("s3cret") });
    assert.deepEqual(parse(documentOf(resources)), {
      port: 4466,
      managementApiSecret: "s3cret",
      databases: {
        default: {
          connector: "mysql",
          host: "mysql-0.mysql.prisma.svc",
          port: 3306,
          user: "prisma-a",
          password: "Made0up0by0the0random0provider00",
          migrations: true,
          connectionLimit: 20,
        },
      },
    });
    assert.deepEqual(podOf(resources).containers[0].env, [
      { name: "PRISMA_CONFIG_PATH", value: "/etc/prisma/prisma.yml" },
    ]);
    assert.deepEqual(ofKind(resources, "ConfigMap"), []);
    // It migrates by itself, and by its own words.
    assert.deepEqual(
      ofKind(resources, "Job").map(({ name }) => name),
      ["prisma-users"],
    );
  });

  it("is asked for its own status, has Java's memory and a place to write", async () => {
    const { containers, volumes } = podOf(await prisma({ image: PRISMA_1 }));
    const [{ readinessProbe, livenessProbe, resources, volumeMounts }] = containers;
    assert.deepEqual([readinessProbe.httpGet.path, livenessProbe.tcpSocket], ["/status", { port: "http" }]);
    assert.equal(resources.limits.memory, "1536Mi");
    assert.equal(volumeMounts[1].mountPath, "/tmp");
    assert.deepEqual(volumes[1], { name: "tmp", emptyDir: { sizeLimit: "64Mi" } });
  });
});
