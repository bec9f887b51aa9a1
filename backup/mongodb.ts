import { type Db, type Document, MongoClient, BSON } from "mongodb";
import { z } from "zod";
import { UserError } from "../shell/errors.js";
import type { Tell } from "../shell/progress.js";
import type { Counts } from "./manifest.js";
import { type Pod, type Tunnel, withTunnel } from "./pods.js";
import { inBatches, readRecords, writeRecords } from "./records.js";
import type { Dump, Store } from "./store.js";

const PORT = 27_017;
const SYSTEM = new Set(["admin", "config", "local"]);
const PATIENCE_MS = 30_000;

/** A collection, with the documents of the lines that follow. */
const collectionSchema = z.strictObject({
  database: z.string(),
  collection: z.string(),
  /** In MongoDB's Extended JSON. */
  options: z.string(),
  indexes: z.string(),
});
/** A document's own bytes, in base64. */
const recordSchema = z.union([collectionSchema, z.strictObject({ bson: z.base64() })]);

/** How a value is read so that it is written as what it was: a double that is whole stays a double. */
const EXACTLY = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };
const EXTENDED = { relaxed: false } as const;

/** A MongoDB, or what speaks its protocol, in a pod that asks for no password. */
export class MongoDbStore implements Store {
  readonly kind = "mongodb";
  readonly name: string;
  readonly namespace: string;
  readonly #pod: Pod;
  readonly #tunnel: Tunnel;

  constructor(name: string, pod: Pod, tunnel: Tunnel = withTunnel) {
    this.#tunnel = tunnel;
    this.name = name;
    this.namespace = pod.namespace;
    this.#pod = pod;
  }

  version(): Promise<string> {
    return this.#connected(async (client) =>
      String((await client.db("admin").command({ buildInfo: 1 })).version),
    );
  }

  dump(file: string): Promise<Dump> {
    return this.#connected(async (client) => {
      const counts: Counts = {};
      await writeRecords(file, recordsOf(await databasesOf(client), counts));
      return { tool: "mongodb for Node.js", counts, expiring: {} };
    });
  }

  restore(file: string, tell: Tell): Promise<void> {
    return this.#connected(async (client) => {
      for (const db of await databasesOf(client)) {
        tell(`dropping ${db.databaseName}`);
        await db.dropDatabase();
      }
      await load(client, file, tell);
    });
  }

  count(): Promise<Counts> {
    return this.#connected(async (client) => {
      const counts: Counts = {};
      for (const db of await databasesOf(client)) {
        for (const { name } of await collectionsOf(db))
          counts[`${db.databaseName}.${name}`] = await db.collection(name).countDocuments();
      }
      return counts;
    });
  }

  #connected<T>(use: (client: MongoClient) => Promise<T>): Promise<T> {
    return this.#tunnel(this.#pod, PORT, async (socket) => {
      const client = new MongoClient(`mongodb://${encodeURIComponent(socket)}/?directConnection=true`, {
        appName: "slipway-backup",
        serverSelectionTimeoutMS: PATIENCE_MS,
        connectTimeoutMS: PATIENCE_MS,
        retryWrites: false,
      });
      try {
        return await use(client);
      } catch (error) {
        if (!(error instanceof Error) || !error.name.startsWith("Mongo")) throw error;
        throw new UserError(`${this.name}: ${error.message}`, { cause: error });
      } finally {
        await client.close();
      }
    });
  }
}

async function databasesOf(client: MongoClient): Promise<Db[]> {
  const { databases } = await client.db("admin").admin().listDatabases({ nameOnly: true });
  return databases.flatMap(({ name }) => (SYSTEM.has(name) ? [] : [client.db(name)]));
}

/** @throws UserError when there is something whose content is not documents of its own. */
async function collectionsOf(db: Db): Promise<{ name: string; options: Document }[]> {
  const all = await db.listCollections().toArray();
  return all.flatMap(({ name, type, options = {} }: { name: string; type?: string; options?: Document }) => {
    if (name.startsWith("system.")) return [];
    if (type !== undefined && type !== "collection")
      throw new UserError(
        `${db.databaseName}.${name}: expected a collection, got a ${type}, which no backup keeps`,
      );
    return [{ name, options }];
  });
}

async function* recordsOf(databases: Db[], counts: Counts): AsyncGenerator<object> {
  for (const db of databases) {
    for (const { name, options } of await collectionsOf(db)) {
      const collection = db.collection(name);
      yield {
        database: db.databaseName,
        collection: name,
        options: BSON.EJSON.stringify(options, EXTENDED),
        indexes: BSON.EJSON.stringify(await collection.listIndexes().toArray(), EXTENDED),
      } satisfies z.infer<typeof collectionSchema>;
      const key = `${db.databaseName}.${name}`;
      counts[key] = 0;
      for await (const document of collection.find({}, { raw: true })) {
        yield { bson: Buffer.from(document as unknown as Uint8Array).toString("base64") };
        counts[key]++;
      }
    }
  }
}

interface Placed {
  db: Db;
  collection: string;
  document: Document;
  bytes: number;
}

async function load(client: MongoClient, file: string, tell: Tell): Promise<void> {
  const indexes: (() => Promise<unknown>)[] = [];
  async function* documents(): AsyncGenerator<Placed> {
    let db: Db | undefined;
    let collection = "";
    for await (const line of readRecords(file)) {
      const record = recordSchema.parse(line);
      if ("collection" in record) {
        db = client.db(record.database);
        collection = record.collection;
        tell(`${record.database}.${collection}`);
        indexes.push(await create(db, record));
      } else if (db !== undefined) {
        const bytes = Buffer.from(record.bson, "base64");
        yield { db, collection, document: BSON.deserialize(bytes, EXACTLY), bytes: bytes.length };
      }
    }
  }
  for await (const batch of inBatches(documents())) await insert(batch);
  // After the documents: so each is built once.
  for (const build of indexes) await build();
}

/** Makes the collection, also one without documents, and gives what makes its indexes. */
async function create(db: Db, record: z.infer<typeof collectionSchema>): Promise<() => Promise<unknown>> {
  const options = BSON.EJSON.parse(record.options) as Document;
  await db.createCollection(record.collection, options);
  const all = BSON.EJSON.parse(record.indexes) as Document[];
  // The first is made with the collection.
  const own = all.filter(({ name }) => name !== "_id_").map(asAsked);
  return async () => own.length > 0 && (await db.command({ createIndexes: record.collection, indexes: own }));
}

/** An index without what servers add when they tell of it, and some do not take. */
function asAsked(index: Document): Document {
  return Object.fromEntries(Object.entries(index).filter(([name]) => name !== "v" && name !== "ns"));
}

/** A batch may go from one collection into the next. */
async function insert(batch: Placed[]): Promise<void> {
  const options = { ordered: true, forceServerObjectId: true, ignoreUndefined: false };
  for (let start = 0; start < batch.length;) {
    const { db, collection } = batch[start] as Placed;
    const isSame = (placed: Placed) =>
      placed.db.databaseName === db.databaseName && placed.collection === collection;
    const length = batch.slice(start).findIndex((placed) => !isSame(placed));
    const end = length === -1 ? batch.length : start + length;
    await db.collection(collection).insertMany(
      batch.slice(start, end).map(({ document }) => document),
      options,
    );
    start = end;
  }
}
