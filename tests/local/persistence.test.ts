import assert from "node:assert/strict";
import { add, list, read, remove, type Entry } from "./entries.js";
import { kubectl, objects, rolledOut, settled, until } from "./platform.js";

const podIds = async (selector: string) =>
  (await objects("pods", "-n", "journal", "-l", selector)).map(({ metadata }) => metadata.uid as string);

/** Deletes pods the way an eviction does, and waits until others serve in their place. */
async function replacePods(selector: string, workloads: string[]): Promise<void> {
  const before = await podIds(selector);
  assert.ok(before.length > 0, `no pods with ${selector}`);
  await kubectl("delete", "pods", "-n", "journal", "-l", selector, "--wait=false");
  await until(`other pods with ${selector}`, async () => {
    const old = (await podIds(selector)).filter((id) => before.includes(id));
    return old.length === 0 ? undefined : `${old.length} of the old ones are there`;
  });
  await settled();
  for (const workload of workloads) await rolledOut(workload);
}

describe("an entry", () => {
  let entry: Entry;

  before(async () => {
    entry = await add("written to stay");
  });

  const isThere = async () => {
    await until("the entry, through the journal's entry", async () => {
      const text = await read(entry.id);
      return text === entry.text ? undefined : `got ${text ?? "no such entry"}`;
    });
    assert.ok((await list()).entries.some(({ id }) => id === entry.id));
  };

  it("survives the deletion of every pod of the journal that is not Redis", async () => {
    await replacePods("app.kubernetes.io/component in (frontend,fileserver)", [
      "deployment/frontend",
      "deployment/fileserver",
    ]);
    await isThere();
  });

  for (const pod of ["redis-0", "redis-1", "redis-2"]) {
    it(`survives the deletion of ${pod}`, async () => {
      await replacePods(`statefulset.kubernetes.io/pod-name=${pod}`, ["statefulset/redis"]);
      await isThere();
    });
  }

  it("is joined by others and can be deleted, after all that", async () => {
    const { id, text } = await add("written afterwards");
    assert.equal(await read(id), text);
    await remove(entry.id, id);
    assert.equal(await read(entry.id), undefined);
    await settled();
  });
});
