import assert from "node:assert/strict";
import type { Deployment, NetworkPolicy, StatefulSet } from "../../backup/cluster.js";
import { storesOf } from "../../backup/stores.js";
import { writersOf } from "../../backup/writers.js";
import { REDIS_RIGHTS } from "../../infra/apps/chat-size.js";
import { labelsFor } from "../../infra/k8s/labels.js";
import { allow, podsWith } from "../../infra/k8s/network-policy.js";

const statefulSet = (app: string, component: string, replicas = 1): StatefulSet => ({
  metadata: { namespace: app, name: component, labels: labelsFor(app, component).labels },
  spec: { replicas, template: { spec: {} } },
});

const deployment = (app: string, component: string): Deployment => ({
  metadata: { namespace: app, name: component, labels: labelsFor(app, component).labels },
  spec: {
    replicas: 2,
    selector: { matchLabels: labelsFor(app, component).selector },
    template: { metadata: { labels: labelsFor(app, component).labels } },
  },
});

/** As the program makes it, of a store that lets one component in, and its own pods. */
const policy = (app: string, store: string, client: string): NetworkPolicy => {
  const peers = [client, store].map((component) => podsWith(labelsFor(app, component).selector));
  const spec = allow(labelsFor(app, store).selector, [{ peers, port: 1 }], []);
  return { metadata: { namespace: app, name: store }, spec: spec as NetworkPolicy["spec"] };
};

describe("backup/stores", () => {
  it("are the databases of every app, by namespace and name, and no other StatefulSet", () => {
    const statefulSets = [
      statefulSet("prisma", "mysql"),
      statefulSet("journal", "redis", 3),
      statefulSet("chat", "mongodb"),
      statefulSet("chat", "queue"),
    ];
    assert.deepEqual(
      storesOf({ statefulSets }).map(({ name, kind, namespace }) => [name, kind, namespace]),
      [
        ["chat/mongodb", "mongodb", "chat"],
        ["journal/redis", "redis", "journal"],
        ["prisma/mysql", "mysql", "prisma"],
      ],
    );
  });

  it("leave out the chat's Redis, whose user may write nothing but the servers' own stream", () => {
    assert.deepEqual(storesOf({ statefulSets: [statefulSet("chat", "redis", 3)] }), []);
    assert.deepEqual(
      REDIS_RIGHTS.split(" ").filter((right) => /^(~|allkeys|%|\+@|&)/.test(right)),
      ["~chat:servers", "&chat:servers#*"],
    );
  });

  it("are written to by the Deployments that their NetworkPolicies let in", () => {
    const elsewhere = deployment("journal", "frontend");
    elsewhere.metadata.namespace = "staging";
    const objects = {
      statefulSets: [],
      deployments: [
        elsewhere,
        deployment("journal", "frontend"),
        deployment("journal", "fileserver"),
        deployment("chat", "server"),
        deployment("chat", "frontend"),
      ],
      networkPolicies: [policy("journal", "redis", "frontend"), policy("chat", "mongodb", "server")],
    };
    const namesOf = (...stores: string[]) =>
      writersOf(
        stores.map((name) => ({ name })),
        objects,
      ).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    assert.deepEqual(namesOf("journal/redis"), ["journal/frontend"]);
    assert.deepEqual(namesOf("journal/redis", "chat/mongodb"), ["journal/frontend", "chat/server"]);
    assert.deepEqual(namesOf("prisma/mysql"), []);
  });
});
