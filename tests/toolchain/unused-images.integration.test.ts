import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type * as UnusedImages from "../../toolchain/unused-images.js";
import { Checkout } from "../support/checkout.js";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const tag = (name: string, letter: string) => `slipway.local/${name}:${letter.repeat(16)}`;

describe("toolchain/unused-images", () => {
  let checkout: Checkout;
  let removeUnusedImages: typeof UnusedImages.removeUnusedImages;
  beforeEach(async () => {
    checkout = new Checkout();
    ({ removeUnusedImages } = await checkout.load<typeof UnusedImages>("toolchain/unused-images"));
  });
  afterEach(() => {
    checkout.remove();
  });

  const store = (name: string, letter: string, internal = false) => {
    const archive = `.local/images/${name}-${letter.repeat(16)}.tar`;
    if (!internal) checkout.write(archive, "layers");
    checkout.write(`${archive}.digest`, internal ? "" : `${digest(letter)}\n`);
  };
  const stored = () =>
    readdirSync(checkout.path(".local/images"))
      .filter((name) => name.endsWith(".tar") || name.endsWith(".digest"))
      .sort();

  /** What buildah is asked to remove, while it has these images. */
  function removals(images: object[], fails = ""): () => string[] {
    const file = checkout.path("removed");
    rmSync(file, { force: true });
    checkout.fakeProgram(
      "buildah",
      `case "$1" in images) cat <<'END'\n${JSON.stringify(images)}\nEND\n;;
rmi) echo "$2" >> '${file}'; [ "$2" != '${fails}' ] ;; esac`,
    );
    return () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  }
  const image = (names: string[] | null, id = "id", created = Date.now() / 1000) => ({ id, names, created });

  it("removes archives and images to which neither the build nor the deployed stack refers", async () => {
    for (const letter of ["a", "b", "c"]) store("redis", letter);
    for (const letter of ["a", "c"]) store("base", letter, true);
    const removed = removals([
      image([tag("redis", "a")]),
      image([tag("redis", "b")]),
      image([tag("base", "a")]),
      image([tag("base", "c")]),
    ]);
    const built = [{ tag: tag("redis", "c") }, { tag: tag("base", "c") }];
    await removeUnusedImages(built, () => Promise.resolve(`… slipway.local/redis@${digest("b")} …`));
    assert.deepEqual(removed().sort(), [tag("base", "a"), tag("redis", "a")]);
    const [b, c] = ["b".repeat(16), "c".repeat(16)];
    assert.deepEqual(stored(), [
      `base-${c}.tar.digest`,
      `redis-${b}.tar`,
      `redis-${b}.tar.digest`,
      `redis-${c}.tar`,
      `redis-${c}.tar.digest`,
    ]);
  });

  it("asks for the state only when there is something besides what was just built", async () => {
    store("redis", "a");
    const removed = removals([]);
    await removeUnusedImages([{ tag: tag("redis", "a") }], () => Promise.reject(new Error("asked")));
    assert.deepEqual(removed(), []);
    assert.equal(stored().length, 2);
  });

  it("removes what is the same image as a current one under an older name, deployed or not", async () => {
    for (const letter of ["a", "b"]) {
      store("redis", letter);
      checkout.write(`.local/images/redis-${letter.repeat(16)}.tar.digest`, digest("d"));
    }
    removals([]);
    await removeUnusedImages([{ tag: tag("redis", "b") }], () => Promise.reject(new Error("asked")));
    assert.deepEqual(stored(), [`redis-${"b".repeat(16)}.tar`, `redis-${"b".repeat(16)}.tar.digest`]);
  });

  it("removes with them the stages that are a week old, though one that others stand on cannot go", async () => {
    store("redis", "a");
    const old = Date.now() / 1000 - 8 * 24 * 60 * 60;
    const images = [image(null, "stage-1", old), image([], "stage-2", old), image(null, "fresh")];
    const removed = removals([...images, image([tag("node", "b")], "named", old)], "stage-1");
    await removeUnusedImages([], () => Promise.resolve(""));
    assert.deepEqual(removed(), ["stage-1", "stage-2"]);
    assert.deepEqual(stored(), []);
  });

  it("keeps the archive of an image that buildah does not give up, for the next time", async () => {
    store("redis", "a");
    removals([image([tag("redis", "a")])], tag("redis", "a"));
    await assert.rejects(removeUnusedImages([], () => Promise.resolve("")));
    assert.equal(stored().length, 2);
  });
});
