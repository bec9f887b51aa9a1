import assert from "node:assert/strict";
import { loadConfig } from "../../../infra/config.js";
import { setConfig } from "../../support/program.js";
import { stackConfig } from "../../support/stacks.js";

/** What is wrong with that stack once its chat says this. */
function problemsOf(stack: string, chat: object, others: object = {}): string[] {
  const config = stackConfig(stack);
  setConfig({ ...config, "slipway:chat": { ...config["slipway:chat"], ...chat }, ...others });
  try {
    loadConfig();
    return [];
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
}

describe("infra/config/chat", () => {
  const client = { exposedBy: "loadBalancer" };
  const problem = (cluster: string) =>
    `slipway:chat.client.exposedBy: expected entry, got "loadBalancer", which gke alone offers, not ${cluster}`;

  it("takes a load balancer before the page on gke, and refuses it where there is none", () => {
    assert.deepEqual(problemsOf("prod", { client }), []);
    assert.deepEqual(problemsOf("prod", { cluster: "eks", client }), [problem("eks")]);
    assert.deepEqual(problemsOf("local", { client }), [problem("local")]);
  });

  it("tells of it with all other problems", () => {
    assert.deepEqual(problemsOf("prod", { cluster: "eks", client }, { "slipway:chatMongoUri": undefined }), [
      'slipway:chatMongoUri: missing secret; run "pulumi config set --secret chatMongoUri"',
      problem("eks"),
    ]);
  });

  it("refuses a server of which the program itself would take all the memory", () => {
    assert.deepEqual(problemsOf("prod", { server: { resources: { memory: "199Mi" } } }), [
      'slipway:chat.server.resources.memory: expected at least 200Mi, most of which a server takes before the first connection, got "199Mi"',
    ]);
    assert.deepEqual(problemsOf("prod", { server: { resources: { memory: "200Mi" } } }), []);
  });

  it("takes no other word for what leads to the page", () => {
    assert.deepEqual(problemsOf("prod", { client: { exposedBy: "ingress" } }), [
      'slipway:chat.client.exposedBy: Invalid option: expected one of "entry"|"loadBalancer"',
    ]);
  });
});
