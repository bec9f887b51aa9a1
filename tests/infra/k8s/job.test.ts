import assert from "node:assert/strict";
import { taskContainer } from "../../../infra/k8s/container.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { type JobArgs, createJob } from "../../../infra/k8s/job.js";
import { only, record } from "../../support/program.js";

const container = taskContainer({
  name: "tidy",
  image: "registry.example/tidy@sha256:0",
  imagePullPolicy: "Always",
  resources: { cpu: "100m", memory: "64Mi", ephemeralStorage: "16Mi" },
  args: ["all"],
});

async function job(args: Partial<JobArgs> = {}) {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images: {} });
    const where = { app: "app", component: "tidy", cluster, namespace: "app" };
    createJob("app-tidy", { ...where, container, calls: [], ...args }, cluster);
  });
  return only(resources, "kubernetes:batch/v1:Job", "app-tidy");
}

describe("infra/k8s/job", () => {
  it("has a name that the provider makes up, so that the next one is there before this one goes", async () => {
    assert.equal((await job()).inputs.metadata.name, undefined);
  });

  it("defaults to one more try and five minutes, and the engine waits a minute longer", async () => {
    const { inputs, timeouts } = await job();
    assert.deepEqual([inputs.spec.backoffLimit, inputs.spec.activeDeadlineSeconds], [1, 300]);
    assert.deepEqual([timeouts.create, timeouts.update], ["360s", "360s"]);
  });

  it("keeps the log of each try, and its node from an autoscaler", async () => {
    const { spec, metadata } = (await job()).inputs.spec.template;
    assert.equal(spec.restartPolicy, "Never");
    assert.deepEqual(metadata.annotations, { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" });
  });

  it("is hardened like everything else, and asked nothing", async () => {
    const [task] = (await job()).inputs.spec.template.spec.containers;
    assert.deepEqual(Object.keys(task).sort(), [
      "args",
      "image",
      "imagePullPolicy",
      "name",
      "resources",
      "securityContext",
      "terminationMessagePolicy",
    ]);
    assert.equal(task.securityContext.readOnlyRootFilesystem, true);
  });
});
