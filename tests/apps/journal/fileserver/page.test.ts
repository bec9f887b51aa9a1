import assert from "node:assert/strict";
import fc from "fast-check";
import { LastFailure } from "../../../../apps/journal/fileserver/src/last-failure.js";
import { addressOf, pageFrom, pagesToShow } from "../../../../apps/journal/fileserver/src/paging.js";
import { Remembered } from "../../../../apps/journal/fileserver/src/remembered.js";
import { beginningOf, countOf, roomLeft, when } from "../../../../apps/journal/fileserver/src/words.js";

describe("apps/journal/fileserver paging", () => {
  it("reads the page from the address, and takes anything else for the first", () => {
    assert.deepEqual(
      ["", "?page=3", "?x=1&page=12", "?page=0", "?page=-1", "?page=1.5", "?page=x", "?page=99999999"].map(
        pageFrom,
      ),
      [1, 3, 12, 1, 1, 1, 1, 1],
    );
  });

  it("gives every page an address that leads back to it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), (page) => {
        assert.equal(pageFrom(new URL(addressOf(page), "https://journal.test").search), page);
      }),
    );
  });

  const shown: [current: number, pages: number, expected: (number | "gap")[]][] = [
    [1, 1, [1]],
    [1, 3, [1, 2, 3]],
    [1, 9, [1, 2, "gap", 9]],
    [3, 9, [1, 2, 3, 4, "gap", 9]],
    [4, 9, [1, 2, 3, 4, 5, "gap", 9]],
    [5, 9, [1, "gap", 4, 5, 6, "gap", 9]],
    [9, 9, [1, "gap", 8, 9]],
  ];
  for (const [current, pages, expected] of shown) {
    it(`links from page ${current} of ${pages} to ${expected.join(" ")}`, () => {
      assert.deepEqual(pagesToShow(current, pages), expected);
    });
  }

  it("never hides a single page behind a gap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (a, b) => {
        const links = pagesToShow(Math.min(a, b), Math.max(a, b));
        links.forEach((link, i) => {
          if (link === "gap") {
            assert.ok(Number(links[i + 1]) - Number(links[i - 1]) > 2);
          }
        });
      }),
    );
  });
});

describe("apps/journal/fileserver words", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  const moments: [createdAt: string, expected: string][] = [
    ["2026-03-10T12:00:05Z", "just now"],
    ["2026-03-10T11:59:01Z", "just now"],
    ["2026-03-10T11:58:59Z", "1 minute ago"],
    ["2026-03-10T09:00:00Z", "3 hours ago"],
    ["2026-03-09T11:00:00Z", "yesterday"],
    ["2026-03-04T12:00:00Z", "6 days ago"],
    ["2026-03-03T12:00:00Z", "3 March 2026"],
  ];
  for (const [createdAt, expected] of moments) {
    it(`says "${expected}" for ${createdAt}`, () => {
      assert.equal(when(new Date(createdAt), now, "en-GB"), expected);
    });
  }

  it("counts entries", () => {
    assert.deepEqual([0, 1, 2, 1234].map(countOf), ["0 entries", "1 entry", "2 entries", "1,234 entries"]);
  });

  it("tells the room left only when it runs out", () => {
    assert.deepEqual([roomLeft(0, 4000), roomLeft(3799, 4000), roomLeft(3800, 4000)], ["", "", "200 left"]);
  });

  it("cuts a long text between words, and a long word where it must", () => {
    assert.equal(beginningOf("short", 10), "short");
    assert.equal(beginningOf("the quick brown fox", 12), "the quick…");
    assert.equal(beginningOf("x".repeat(20), 12), `${"x".repeat(12)}…`);
  });
});

describe("apps/journal/fileserver, the writer's name", () => {
  it("is there at the next visit", () => {
    const kept = new Map<string, string>();
    const storage = () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
    assert.equal(new Remembered("author", storage).value, "");
    new Remembered("author", storage).value = "somebody";
    assert.equal(new Remembered("author", storage).value, "somebody");
    assert.equal(new Remembered("other", storage).value, "");
  });

  it("is empty in a browser that keeps nothing, which stops nobody", () => {
    const blocked = new Remembered("author", () => {
      throw new Error("The operation is insecure.");
    });
    blocked.value = "somebody";
    assert.equal(blocked.value, "");
  });
});

describe("apps/journal/fileserver, a failure", () => {
  it("of a load is told until a load goes well", () => {
    const last = new LastFailure();
    assert.equal(last.failed("load"), true);
    assert.equal(last.succeeded("load"), true);
  });

  it("of a change stays told, with its own way to try again, whatever loads meanwhile", () => {
    const last = new LastFailure();
    assert.equal(last.failed("load"), true);
    assert.equal(last.failed("change"), true);
    assert.equal(last.succeeded("load"), false);
    assert.equal(last.failed("load"), false);
    assert.equal(last.succeeded("change"), true);
    assert.equal(last.succeeded("load"), true);
  });
});
