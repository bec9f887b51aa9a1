import assert from "node:assert/strict";
import { type Agent } from "node:http";
import type { Entry } from "./entries.js";
import { remove } from "./entries.js";
import { startLoad, told } from "./load.js";
import { type Answer, call, kubectl, objects, rolledOut, settled, urlOf } from "./platform.js";

const leastRequests = 500;

const podNames = async (component: string) =>
  (await objects("pods", "-n", "journal", "-l", `app.kubernetes.io/component=${component}`)).map(
    ({ metadata }) => metadata.name as string,
  );

/** Replaces every pod of a Deployment while requests come in, and tells what became of those. */
async function rollUnderLoad(
  component: string,
  send: (count: number, agent: Agent) => Promise<Answer>,
): Promise<Answer[]> {
  const before = await podNames(component);
  const { stop } = startLoad(send);
  const rollout = await (async () => {
    await kubectl("rollout", "restart", `deployment/${component}`, "-n", "journal");
    await rolledOut(`deployment/${component}`);
    // The old pods drain last: their connections are the ones at risk.
    await settled();
  })().catch((error: unknown) => error);
  const { sent, failures, answers } = await stop();
  assert.ifError(rollout);
  assert.deepEqual(told(failures), [], `${failures.length} of ${sent} requests failed`);
  assert.ok(sent >= leastRequests, `only ${sent} requests were sent`);
  const after = await podNames(component);
  assert.equal(after.length, before.length);
  assert.deepEqual(
    after.filter((name) => before.includes(name)),
    [],
    "expected every pod to be another one",
  );
  return answers;
}

describe("a rolling update under 50 requests a second over kept connections", () => {
  it("of the frontend fails none of the reads and writes, and loses nothing that was written", async () => {
    const api = `${urlOf("journal", "http")}/api/entries`;
    const answers = await rollUnderLoad("frontend", (count, agent) =>
      count % 2 === 0
        ? call(api, "GET", undefined, { agent })
        : call(api, "POST", { text: `written during a rollout, ${count}`, author: "tester" }, { agent }),
    );
    const written = answers.filter(({ status }) => status === 201);
    const ids = written.map(({ body }) => (JSON.parse(body) as Entry).id);
    assert.equal(new Set(ids).size, Math.floor(answers.length / 2));
    await remove(...ids); // Fails for an entry that is not there.
  });

  it("of the fileserver fails no request for the page or an asset", async () => {
    const url = urlOf("journal", "http");
    const { body } = await call(url);
    const assets = [...body.matchAll(/"(\/[\w.-]+\.(?:js|css|svg))"/g)].map(([, path]) => path ?? "");
    const files = ["/", ...assets];
    assert.equal(files.length, 4, files.join(", "));
    await rollUnderLoad("fileserver", (count, agent) =>
      call(`${url}${files[count % files.length] ?? ""}`, "GET", undefined, { agent }),
    );
  });
});
