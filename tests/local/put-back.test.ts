import assert from "node:assert/strict";
import { add, read, remove, type Entry } from "./entries.js";
import { kubectl, npmRun, objects, settled } from "./platform.js";

const deleted = [
  "service/frontend",
  "deployment/fileserver",
  "serviceaccount/redis",
  "networkpolicy/deny-all",
];

// Deleted without its pods, as docs/runbooks/stuck.md does when a volume is full.
const orphaning = "statefulset/redis";

const namesOf = async () =>
  (await objects([...deleted, orphaning].map((one) => one.replace(/\/.*/, "")).join(), "-n", "journal"))
    .map(({ kind, metadata }) => `${String(kind).toLowerCase()}/${metadata.name}`)
    .sort();

const idsOf = async (...which: [kinds: string, ...args: string[]]) =>
  Object.fromEntries(
    (await objects(...which, "-n", "journal")).map(({ kind, metadata }) => [
      `${kind}/${metadata.name}`,
      metadata.uid as string,
    ]),
  );

/** Redis' pods with what would change if one of their containers were started again. */
const redisPods = async () =>
  (await objects("pods", "-n", "journal", "--selector=app.kubernetes.io/component=redis")).map(
    ({ metadata, status }) => ({
      id: metadata.uid as string,
      owner: metadata.ownerReferences?.[0]?.uid as string | undefined,
      restarts: (status.containerStatuses as { restartCount: number }[]).map(
        ({ restartCount }) => restartCount,
      ),
    }),
  );

describe("objects that somebody deleted by hand", () => {
  let entry: Entry;
  let earlier: { names: string[]; ids: Record<string, string>; pods: Awaited<ReturnType<typeof redisPods>> };
  const others = "secrets,configmaps,ingresses,persistentvolumeclaims";

  before(async () => {
    await settled();
    entry = await add("written before it all");
    earlier = { names: await namesOf(), ids: await idsOf(others), pods: await redisPods() };
    await kubectl("delete", "-n", "journal", ...deleted);
    await kubectl("delete", "-n", "journal", orphaning, "--cascade=orphan");
    assert.deepEqual(
      await namesOf(),
      earlier.names.filter((name) => ![...deleted, orphaning].includes(name)),
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

  it("get the pods back that were left to themselves, which never stopped", async () => {
    assert.equal(earlier.pods.length, 3);
    const { metadata } = JSON.parse(await kubectl("get", orphaning, "-n", "journal", "-o", "json")) as {
      metadata: { uid: string };
    };
    assert.deepEqual(
      await redisPods(),
      earlier.pods.map((pod) => ({ ...pod, owner: metadata.uid })),
    );
    assert.notEqual(metadata.uid, earlier.pods[0]?.owner);
  });

  it("are all that is made anew: the others stay what they were", async () => {
    assert.deepEqual(await idsOf(others), earlier.ids);
  });
});
