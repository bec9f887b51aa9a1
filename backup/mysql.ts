import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { Transform } from "node:stream";
import { UserError } from "../shell/errors.js";
import type { Tell } from "../shell/progress.js";
import type { Counts } from "./manifest.js";
import { type Pod, type Streams, execIn } from "./pods.js";
import type { Dump, Store } from "./store.js";

const SERVER = ["--no-defaults", "--socket=/run/mariadb/mariadb.sock", "--default-character-set=utf8mb4"];
const CLIENT = ["/bin/mariadb", ...SERVER, "--batch", "--skip-column-names", "--max-allowed-packet=1G"];
/** One statement a row, which can be counted; the largest row must go through. */
const DUMP = [
  ...["/bin/mariadb-dump", ...SERVER, "--single-transaction", "--routines", "--triggers", "--events"],
  ...["--skip-extended-insert", "--no-autocommit", "--max-allowed-packet=1G", "--databases"],
];
const LARGEST_PACKET = 1024 ** 3;
const SYSTEM = "'mysql', 'information_schema', 'performance_schema', 'sys'";
const DATABASES = `SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN (${SYSTEM})`;
const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN (${SYSTEM})`;
const DUMP_ENDS = /^-- Dump completed/m;

/** A MariaDB in a pod, by its own programs there, which sign in by the pod's own user and need no password. */
export class MySqlStore implements Store {
  readonly kind = "mysql";
  readonly name: string;
  readonly namespace: string;
  readonly #pod: Pod;

  constructor(name: string, pod: Pod) {
    this.name = name;
    this.namespace = pod.namespace;
    this.#pod = pod;
  }

  async version(): Promise<string> {
    return (await this.#ask("SELECT version()"))[0]?.[0] ?? "";
  }

  async dump(file: string): Promise<Dump> {
    const databases = (await this.#ask(DATABASES)).map(([name = ""]) => name);
    const tool = `mariadb-dump ${await this.version()}`;
    if (databases.length === 0) {
      await writeFile(file, "", { mode: 0o600 });
      return { tool, counts: {}, expiring: {} };
    }
    const rows = new RowCounter();
    const output: Streams["output"] = [rows, createWriteStream(file, { mode: 0o600 })];
    await execIn(this.#pod, [...DUMP, ...databases], { output });
    if (!DUMP_ENDS.test(rows.tail)) {
      await rm(file);
      throw new UserError(
        `${this.name}: expected a dump with its last line, got one that was cut off; try again`,
      );
    }
    return { tool, counts: rows.counts, expiring: {} };
  }

  async restore(file: string, tell: Tell): Promise<void> {
    for (const [database = ""] of await this.#ask(DATABASES)) {
      tell(`dropping ${database}`);
      await this.#ask(`DROP DATABASE ${quote(database)}`);
    }
    // A row that was written in pieces may be larger, as one statement, than what the server takes from its clients.
    await this.#ask(`SET GLOBAL max_allowed_packet = ${LARGEST_PACKET}`);
    try {
      tell("loading");
      await execIn(this.#pod, [...CLIENT, "--binary-mode"], { input: createReadStream(file) });
    } finally {
      // Its start gave it none of its own, and a server that is gone forgets by itself.
      await this.#ask("SET GLOBAL max_allowed_packet = DEFAULT").catch(() => undefined);
    }
  }

  async count(): Promise<Counts> {
    const tables = await this.#ask(TABLES);
    const selects = tables.map(([database = "", table = ""], index) => {
      return `SELECT ${index}, COUNT(*) FROM ${quote(database)}.${quote(table)}`;
    });
    const rows = selects.length === 0 ? [] : await this.#ask(selects.join(" UNION ALL "));
    return Object.fromEntries(
      rows.map(([index, count]) => [tables[Number(index)]?.join(".") ?? "", Number(count)]),
    );
  }

  async #ask(statement: string): Promise<string[][]> {
    const answer = await execIn(this.#pod, CLIENT, { input: `${statement};\n` });
    return answer.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
  }
}

const quote = (name: string) => `\`${name.replaceAll("`", "``")}\``;

/** What a line begins with is enough to count it. */
const BEGINNING = 512;
const ENDING = 256;

/**
 * Lets a dump through and counts its rows: within a table's own lines each row is a line, since the dump writes a line
 * break in a value as `\n`. The bodies of triggers and routines stand elsewhere.
 */
export class RowCounter extends Transform {
  readonly counts: Counts = {};
  #database = "";
  #table: string | undefined;
  #line = "";
  #tail = Buffer.alloc(0);

  /** The last of what went through. */
  get tail(): string {
    return this.#tail.toString("utf8");
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    for (let start = 0; start < chunk.length;) {
      const newline = chunk.indexOf(10, start);
      const stop = newline === -1 ? chunk.length : newline;
      if (this.#line.length < BEGINNING)
        this.#line += chunk.toString("latin1", start, Math.min(stop, start + BEGINNING));
      if (newline !== -1) {
        this.#look(Buffer.from(this.#line, "latin1").toString("utf8"));
        this.#line = "";
      }
      start = stop + 1;
    }
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-ENDING)]).subarray(-ENDING);
    done(null, chunk);
  }

  #look(line: string): void {
    const [, command, name = ""] = /^(USE|LOCK TABLES|INSERT INTO) `((?:[^`]|``)+)`/.exec(line) ?? [];
    const plain = name.replaceAll("``", "`");
    if (command === "USE") this.#database = plain;
    if (command === "LOCK TABLES") {
      this.#table = `${this.#database}.${plain}`;
      this.counts[this.#table] = 0;
    }
    if (line.startsWith("UNLOCK TABLES")) this.#table = undefined;
    if (command === "INSERT INTO" && this.#table === `${this.#database}.${plain}`)
      this.counts[this.#table] = (this.counts[this.#table] ?? 0) + 1;
  }
}
