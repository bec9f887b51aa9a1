import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../shell/paths.js";
import { kubectl, objects } from "./platform.js";

interface Password {
  plain: string;
  /** In base64, at each of the three places at which it can begin in a longer text, without the ends. */
  encoded: string[];
}

function encodings(plain: string): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${"-".repeat(offset)}${plain}`).toString("base64");
    return text.slice(offset === 0 ? 0 : offset + 1, -4);
  });
}

/** Whether a text holds the password, as it is or encoded. */
const tells = (text: Buffer | string, { plain, encoded }: Password) =>
  [plain, ...encoded].some((form) => text.includes(form));

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    if (entry.isFile()) yield path;
  }
}

/** What the kernel shows of every process of the machine, containers' included. */
function* processes(): Generator<[name: string, text: Buffer]> {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const file of ["cmdline", "environ"]) {
      try {
        yield [`/proc/${pid}/${file}`, readFileSync(`/proc/${pid}/${file}`)];
      } catch (error) {
        // It ended meanwhile, or it is one of the machine's that even root may not look into.
        assert.match(String((error as NodeJS.ErrnoException).code), /^(ENOENT|ESRCH|EACCES)$/);
      }
    }
  }
}

describe("the password of Redis", () => {
  let password: Password;

  before(async () => {
    const all = await objects("secrets", "-n", "journal", "-l", "app.kubernetes.io/component=redis");
    const secrets = all.filter(({ data }) => "password" in data);
    assert.deepEqual([all.length, secrets.length], [2, 1]);
    const plain = Buffer.from(secrets[0].data.password as string, "base64").toString("utf8");
    assert.match(plain, /^[A-Za-z0-9]{32}$/);
    password = { plain, encoded: encodings(plain) };
  });

  it("is the one that Redis asks for: without it no command is answered", async () => {
    const redis = ["exec", "-n", "journal", "redis-0", "-c", "redis", "--"];
    assert.match(await kubectl(...redis, "redis-cli", "get", "nothing"), /NOAUTH/);
    const script = "REDISCLI_AUTH=$(cat /etc/redis-auth/password) redis-cli --user app exists nothing";
    assert.equal(await kubectl(...redis, "sh", "-c", script), "0");
  });

  it("can be found by the search that the tests below make", () => {
    for (const before of ["", "x", "xy"]) {
      const text = Buffer.from(`${before}${password.plain}, and more`).toString("base64");
      assert.ok(tells(text, password));
    }
  });

  it("stands in no object of the cluster but its Secret", async () => {
    const kinds = await kubectl("api-resources", "--verbs=list", "-o", "name");
    const others = kinds.split("\n").filter((kind) => kind !== "secrets" && kind !== "events");
    assert.ok(others.includes("configmaps") && others.includes("pods"));
    const told = (await objects(others.join(), "-A")).filter((object) =>
      tells(JSON.stringify(object), password),
    );
    assert.deepEqual(
      told.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      [],
    );
  });

  it("stands in no argument and no variable of any process", () => {
    const shown = [...processes()];
    assert.ok(
      shown.some(([, text]) => text.includes("redis-server")),
      "Redis is not to be seen",
    );
    assert.deepEqual(
      shown.filter(([, text]) => tells(text, password)).map(([name]) => name),
      [],
    );
  });

  for (const [what, folder] of Object.entries({
    "log of a program, a pod or the API server": paths.logs,
    "file of the engine, its state included": paths.engine,
    "file of the cluster's database": join(paths.hosts, "control-plane"),
  })) {
    it(`stands in no ${what}`, () => {
      const files = [...filesBelow(folder)];
      assert.ok(files.length > 0);
      assert.deepEqual(
        files.filter((file) => tells(readFileSync(file), password)),
        [],
      );
    });
  }
});
