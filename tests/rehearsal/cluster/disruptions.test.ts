import { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { forgetPodsThatAreGone } from "../../../rehearsal/cluster/disruptions.js";

const DISRUPTED = "2026-01-01T10:00:00Z";
const pod = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } });

/** Answers with one budget that remembers three disruptions, and with the pods; keeps what it is told to change. */
class ApiServer {
  readonly changes: [path: string | undefined, change: unknown][] = [];
  answerToChange = 200;

  private readonly server: Server;

  constructor(pods: readonly object[]) {
    const disruptedPods = { "redis-0": DISRUPTED, "redis-1": DISRUPTED, "redis-2": DISRUPTED };
    const budget = { metadata: { name: "redis" }, status: { disruptedPods } };
    this.server = createServer((request, response) => {
      const answer = (status: number, body: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (request.method === "PATCH") {
        void json(request).then((change) => {
          this.changes.push([request.url, change]);
          answer(this.answerToChange, {});
        });
      } else answer(200, { items: request.url?.endsWith("/pods") === true ? pods : [budget] });
    });
  }

  async listen(): Promise<KubeConfig> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    const cluster = { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "u" });
    return config;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe("rehearsal/cluster/disruptions", () => {
  const server = new ApiServer([
    pod("redis-0", "2026-01-01T09:00:00Z"),
    pod("redis-1", "2026-01-01T10:00:00Z"),
  ]);
  let config: KubeConfig;

  before(async () => {
    config = await server.listen();
  });

  after(() => {
    server.close();
  });

  it("makes a budget forget the pods that are gone or there anew, and none that is still to go", async () => {
    await forgetPodsThatAreGone(config, "journal");
    const remove = (name: string) => ({ op: "remove", path: `/status/disruptedPods/${name}` });
    assert.deepEqual(server.changes, [
      [
        "/apis/policy/v1/namespaces/journal/poddisruptionbudgets/redis/status",
        [remove("redis-1"), remove("redis-2")],
      ],
    ]);
  });

  it("takes it that the budget's controller was faster, and no other refusal", async () => {
    server.answerToChange = 422;
    await forgetPodsThatAreGone(config, "journal");
    server.answerToChange = 403;
    await assert.rejects(forgetPodsThatAreGone(config, "journal"), { code: 403 });
  });
});
