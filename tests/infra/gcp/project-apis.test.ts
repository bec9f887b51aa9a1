import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { ProjectApis, projectNumberOf } from "../../../infra/gcp/project-apis.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const SERVICE = "gcp:projects/service:Service";

describe("infra/gcp/project-apis", () => {
  let project: pulumi.Output<string>;
  let projectNumber: pulumi.Output<string>;
  let gkeServiceAgent: pulumi.Output<string>;
  const run = (services?: string[], preview = false) =>
    record(
      () => {
        const apis = new ProjectApis("apis", { project: "acme-dev", services }, new Google().opts);
        ({ project, projectNumber, gkeServiceAgent } = apis);
      },
      { preview },
    );

  it("turns on what every stack calls, and what else it is told", async () => {
    assert.deepEqual(listOf(await run(["dns"])), [
      "service:Service apis-artifactregistry",
      "service:Service apis-cloudresourcemanager",
      "service:Service apis-compute",
      "service:Service apis-container",
      "service:Service apis-containerscanning",
      "service:Service apis-dns",
      "service:Service apis-iam",
      "service:Service apis-iamcredentials",
      "service:Service apis-logging",
      "service:Service apis-monitoring",
      "serviceIdentity:ServiceIdentity apis-gke",
    ]);
    assert.equal(listOf(await run()).length, 10);
  });

  it("leaves every API on when the stack goes: others may use it", async () => {
    const services = (await run()).filter(({ type }) => type === SERVICE);
    assert.deepEqual(
      services.filter(({ inputs }) => inputs.disableOnDestroy !== false),
      [],
    );
    assert.deepEqual(only(services, SERVICE, "apis-compute").inputs, {
      project: "acme-dev",
      service: "compute.googleapis.com",
      disableOnDestroy: false,
    });
  });

  it("lets whoever takes the project's name wait for every API", async () => {
    const resources = await run();
    const identity = only(resources, "gcp:projects/serviceIdentity:ServiceIdentity", "apis-gke");
    const services = resources.filter(({ type }) => type === SERVICE).map(({ urn }) => urn);
    assert.deepEqual([...identity.dependencies].sort(), services.sort());
    assert.equal(await valueOf(project), "acme-dev");
  });

  it("knows the project's name in a first preview already, and does not guess its number", async () => {
    const resources = await run(["dns"], true);
    const { inputs } = only(resources, "gcp:projects/serviceIdentity:ServiceIdentity", "apis-gke");
    assert.equal(inputs.project, "acme-dev");
    assert.equal(await (projectNumber as any).isKnown, false);
  });

  it("tells the project's number, and GKE's own account, without asking anything but resources", async () => {
    await run();
    assert.equal(await valueOf(projectNumber), "123456789012");
    assert.equal(
      await valueOf(gkeServiceAgent),
      "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com",
    );
  });

  it("says what it wanted when Google names the account differently", () => {
    assert.throws(() => projectNumberOf("robot@example.com"), {
      message: 'expected a service agent such as "service-123456789012@…", got "robot@example.com"',
    });
  });
});
