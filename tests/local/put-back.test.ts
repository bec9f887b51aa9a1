import assert from "node:assert/strict";
import { add, read, remove, type Entry } from "./entries.js";
import { kubectl, npmRun, objects, settled } from "./platform.js";

const deleted = [
  "service/frontend",
  "deployment/fileserver",
  "serviceaccount/redis",
  "networkpolicy/deny-all",
];

// Its pods stay: so a volume grows, as the runbook has it.
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

describe("objects that somebody deleted by hand", () => {
  let entry: Entry;
  let earlier: { names: string[]; ids: Record<string, string>; pods: Record<string, string> };
  const others = "secrets,configmaps,ingresses,persistentvolumeclaims";
  const redisPods = ["pods", "--selector=app.kubernetes.io/component=redis"] as const;

  before(async () => {
    await settled();
    entry = await add("written before it all");
    earlier = { names: await namesOf(), ids: await idsOf(others), pods: await idsOf(...redisPods) };
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
    assert.equal(Object.keys(earlier.pods).length, 3);
    assert.deepEqual(await idsOf(...redisPods), earlier.pods);
    const owners = (await objects(...redisPods, "-n", "journal")).map(
      ({ metadata }) => metadata.ownerReferences?.[0]?.uid as string | undefined,
    );
    const [set] = await objects("statefulset", "-n", "journal");
    assert.deepEqual(owners, Array(3).fill(set.metadata.uid));
  });

  it("are all that is made anew: the others stay what they were", async () => {
    assert.deepEqual(await idsOf(others), earlier.ids);
  });
});
