import assert from "node:assert/strict";
import { call, kubectl, status, urlOf } from "./platform.js";

interface Entry {
  id: string;
  text: string;
  author: string;
}

describe("the journal on this machine", () => {
  it("runs on three nodes in three zones, all ready", () => {
    const { nodes, apps } = status();
    assert.deepEqual(
      nodes.map(({ zone, ready }) => [zone, ready]),
      [
        ["local-a", true],
        ["local-b", true],
        ["local-c", true],
      ],
    );
    assert.deepEqual(
      apps.map(({ name, ready }) => [name, ready]),
      [["journal", true]],
    );
  });

  it("keeps an entry that was added through its entry, shows it first, and forgets it when it is deleted", async () => {
    const url = urlOf("journal");
    const added = await call(`${url}/api/entries`, "POST", {
      author: "tester",
      text: "written through the entry",
    });
    assert.equal(added.status, 201);
    const { id } = JSON.parse(added.body) as Entry;

    const list = JSON.parse((await call(`${url}/api/entries`)).body) as { entries: Entry[] };
    assert.equal(list.entries[0]?.id, id);

    assert.equal((await call(`${url}/api/entries/${id}`, "DELETE")).status, 204);
    assert.equal((await call(`${url}/api/entries/${id}`)).status, 404);
  });

  for (const name of ["frontend", "fileserver", "redis"]) {
    it(`spreads the pods of ${name} over nodes, no two on the same`, () => {
      const selector = `app.kubernetes.io/component=${name}`;
      const template = "{range .items[*]}{.spec.nodeName} {end}";
      const nodes = kubectl("get", "pods", "-n", "journal", "-l", selector, "-o", `jsonpath=${template}`)
        .trim()
        .split(" ");
      assert.equal(nodes.length, name === "redis" ? 3 : 2);
      assert.equal(new Set(nodes).size, nodes.length);
    });
  }
});
