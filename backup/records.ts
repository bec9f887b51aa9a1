import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { stopIfInterrupted } from "../shell/programs.js";

/** Writes one JSON document a line, as they come. */
export async function writeRecords(file: string, records: AsyncIterable<object>): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 });
  // An error is thrown by the wait below; until then nobody must be surprised by it.
  const finished = once(stream, "finish");
  finished.catch(() => undefined);
  try {
    for await (const record of records) {
      stopIfInterrupted();
      if (!stream.write(`${JSON.stringify(record)}\n`)) await Promise.race([once(stream, "drain"), finished]);
    }
  } finally {
    stream.end();
  }
  await finished;
}

/** The documents again, one after the other. */
export async function* readRecords(file: string): AsyncGenerator {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    stopIfInterrupted();
    yield JSON.parse(line) as unknown;
  }
}

/** Several at a time, as many as stay below both limits; a larger one goes alone. */
export async function* inBatches<T extends { readonly bytes: number }>(
  items: AsyncIterable<T>,
  { count = 1000, bytes = 8 * 1024 * 1024 } = {},
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let size = 0;
  for await (const item of items) {
    if (batch.length > 0 && (batch.length === count || size + item.bytes > bytes)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(item);
    size += item.bytes;
  }
  if (batch.length > 0) yield batch;
}
