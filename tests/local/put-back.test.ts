import assert from "node:assert/strict";
import { add, read, remove, type Entry } from "./entries.js";
import { kubectl, npmRun, objects, settled } from "./platform.js";

const deleted = [
  "service/frontend",
  "deployment/fileserver",
  "serviceaccount/redis",
  "networkpolicy/deny-all",
];

const namesOf = async () =>
  (await objects(deleted.map((one) => one.replace(/\/.*/, "")).join(), "-n", "journal"))
    .map(({ kind, metadata }) => `${String(kind).toLowerCase()}/${metadata.name}`)
    .sort();

const idsOf = async (kinds: string) =>
  Object.fromEntries(
    (await objects(kinds, "-n", "journal")).map(({ kind, metadata }) => [
      `${kind}/${metadata.name}`,
      metadata.uid as string,
    ]),
  );

describe("objects that somebody deleted by hand", () => {
  let entry: Entry;
  let earlier: { names: string[]; ids: Record<string, string> };
  const others = "secrets,configmaps,statefulsets,ingresses,persistentvolumeclaims";

  before(async () => {
    await settled();
    entry = await add("written before it all");
    earlier = { names: await namesOf(), ids: await idsOf(others) };
    await kubectl("delete", "-n", "journal", ...deleted);
    assert.deepEqual(
      await namesOf(),
      earlier.names.filter((name) => !deleted.includes(name)),
    );
    await npmRun("up");
  });

  after(async () => {
    await remove(entry.id);
  });

  it("are put back by `npm run up`, and the journal answers with what was written", async () => {
    assert.deepEqual(await namesOf(), earlier.names);
    assert.equal(await read(entry.id), entry.text);
  });

  it("are all that is made anew: the others stay what they were", async () => {
    assert.deepEqual(await idsOf(others), earlier.ids);
  });
});
