import assert from "node:assert/strict";
import { Store } from "../../../rehearsal/cloud/store.js";
import { TestCloud } from "./cloud.js";

const NETWORK = "gcp:compute/network:Network";

describe("rehearsal/cloud/faults, a cloud that", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = new TestCloud("gcp");
    await cloud.enable("compute");
  });

  afterEach(() => {
    cloud.remove();
  });

  it("is told to fail does so as often as it is told to, and then works", async () => {
    cloud.faults.set([{ token: NETWORK, operation: "create", message: "quota exceeded", times: 1 }]);
    await assert.rejects(cloud.create(NETWORK, { name: "main" }), /^Error: quota exceeded$/);
    await cloud.create(NETWORK, { name: "main" });
  });

  describe("is told to be slow", () => {
    const events: string[] = [];
    const slow = (operation: "create" | "update" | "delete", message?: string) => {
      events.length = 0;
      cloud.faults.set([
        { token: NETWORK, operation, delayMs: 60_000, times: 1, ...(message !== undefined && { message }) },
      ]);
    };

    /** Keeps in mind how the operation ended, and gives it. */
    function noted(title: string, operation: Promise<unknown>): Promise<unknown> {
      return operation.then(
        () => events.push(`${title} is done`),
        (error: unknown) => events.push(`${title}: ${String(error)}`),
      );
    }

    it("makes nothing before the time has passed, does others meanwhile, and then makes it", async () => {
      slow("create");
      const first = noted("slow", cloud.create(NETWORK, { name: "slow" }));
      await new Promise(setImmediate);
      await noted("quick", cloud.create(NETWORK, { name: "quick" }));
      assert.deepEqual(events, ["quick is done"]);
      assert.deepEqual(networks(), ["quick"]);

      const [delay] = cloud.delays;
      assert.equal(delay?.ms, 60_000);
      delay.end();
      await first;
      assert.deepEqual(events, ["quick is done", "slow is done"]);
      assert.deepEqual(networks(), ["quick", "slow"]);
    });

    it("changes and deletes what is there only when the time has passed", async () => {
      const { id } = await cloud.create(NETWORK, { name: "main" });
      slow("update");
      const news = { name: "main", routingMode: "GLOBAL" };
      const update = noted("update", cloud.update(NETWORK, id, { name: "main" }, news));
      await new Promise(setImmediate);
      assert.equal(cloud.store.find(NETWORK, id)?.inputs.routingMode, undefined);
      cloud.delays[0]?.end();
      await update;
      assert.equal(cloud.store.find(NETWORK, id)?.inputs.routingMode, "GLOBAL");

      slow("delete");
      const deletion = noted("deletion", cloud.delete(NETWORK, id));
      await new Promise(setImmediate);
      assert.deepEqual(networks(), ["main"]);
      cloud.delays[1]?.end();
      await deletion;
      assert.deepEqual(networks(), []);
      assert.deepEqual(events, ["deletion is done"]);
    });

    it("refuses what it is told to refuse after that time, and makes nothing", async () => {
      slow("create", "out of stock");
      const creation = noted("slow", cloud.create(NETWORK, { name: "slow" }));
      await new Promise(setImmediate);
      assert.deepEqual(events, []);
      cloud.delays[0]?.end();
      await creation;
      assert.deepEqual(events, ["slow: Error: out of stock"]);
      assert.deepEqual(networks(), []);
    });

    /** By their names, as they would be found after a kill. */
    const networks = () =>
      new Store(cloud.folder)
        .all()
        .filter(({ token }) => token === NETWORK)
        .map(({ inputs }) => String(inputs.name))
        .sort();
  });
});
