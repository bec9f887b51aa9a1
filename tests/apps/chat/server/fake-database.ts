import { type Db, MongoBulkWriteError, MongoServerError } from "mongodb";

type Doc = Record<string, any> & { _id: string };

const DUPLICATE = { message: "E11000 duplicate key error", code: 11_000 };

/** So much of a MongoDB as the chat uses: documents by key, unique indexes, and answers that come in their own time. */
export class FakeDatabase {
  readonly #collections = new Map<string, FakeCollection>();
  /** Called before each operation; what it throws, the operation throws. */
  beforeEach: (operation: string) => void = () => undefined;

  get db(): Db {
    return { collection: (name: string) => this.collection(name) } as never;
  }

  collection(name: string): FakeCollection {
    const found = this.#collections.get(name) ?? new FakeCollection(this);
    this.#collections.set(name, found);
    return found;
  }
}

class FakeCollection {
  readonly #database: FakeDatabase;
  readonly documents = new Map<string, Doc>();
  readonly indexes: string[][] = [];

  constructor(database: FakeDatabase) {
    this.#database = database;
  }

  async createIndex(keys: Record<string, 1>, { unique }: { unique: boolean }): Promise<void> {
    await this.#turn("createIndex");
    if (unique) this.indexes.push(Object.keys(keys));
  }

  async insertMany(documents: readonly Doc[]): Promise<void> {
    await this.#turn("insertMany");
    documents.forEach((document, index) => {
      if (this.#insert(document)) return;
      throw new MongoBulkWriteError({ ...DUPLICATE, writeErrors: [] }, { insertedCount: index } as never);
    });
  }

  async insertOne(document: Doc): Promise<void> {
    await this.#turn("insertOne");
    if (!this.#insert(document)) throw new MongoServerError(DUPLICATE);
  }

  async findOne(filter: Record<string, unknown>): Promise<Doc | null> {
    await this.#turn("findOne");
    return [...this.documents.values()].find((document) => matches(document, filter)) ?? null;
  }

  find({ _id: range }: { _id: { $gt: string; $lt?: string; $lte?: string } }) {
    let found = [...this.documents.values()].filter(
      ({ _id }) => _id > range.$gt && _id < (range.$lt ?? "\uffff") && _id <= (range.$lte ?? "\uffff"),
    );
    const cursor = {
      sort: ({ _id: direction }: { _id: 1 | -1 }) => {
        found.sort((a, b) => (a._id < b._id ? -direction : direction));
        return cursor;
      },
      limit: (count: number) => {
        found = found.slice(0, count);
        return cursor;
      },
      toArray: async () => {
        await this.#turn("find");
        return found;
      },
    };
    return cursor;
  }

  async updateOne(filter: { _id: string }, { $set }: { $set: object }): Promise<void> {
    await this.#turn("updateOne");
    this.documents.set(filter._id, { ...this.documents.get(filter._id), ...filter, ...$set });
  }

  async deleteOne(filter: Record<string, unknown>): Promise<void> {
    await this.#turn("deleteOne");
    const found = [...this.documents.values()].find((document) => matches(document, filter));
    if (found) this.documents.delete(found._id);
  }

  #insert(document: Doc): boolean {
    const others = [...this.documents.values()];
    const taken = (keys: string[]) =>
      others.some((other) => keys.every((key) => other[key] === document[key]));
    if (this.documents.has(document._id) || this.indexes.some(taken)) return false;
    this.documents.set(document._id, document);
    return true;
  }

  /** Others get their turn in between. */
  async #turn(operation: string): Promise<void> {
    this.#database.beforeEach(operation);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function matches(document: Doc, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([key, value]) => document[key] === value);
}
