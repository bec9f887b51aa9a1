/** What is left of a browser's storage when it is full, switched off or belongs to a private window: memory. */
class MemoryStorage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }
}

export type KeyStorage = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

/** Keeps small things under the chat's own prefix, in the browser's storage as far as it lets us. */
export class Keeper {
  readonly #prefix: string;
  readonly #storage: KeyStorage;
  readonly #memory = new MemoryStorage();

  constructor(storage?: KeyStorage, prefix = "chat.") {
    this.#storage = storage ?? this.#memory;
    this.#prefix = prefix;
  }

  get(key: string): unknown {
    const text = this.#memory.getItem(this.#prefix + key) ?? this.#storage.getItem(this.#prefix + key);
    try {
      return text === null ? undefined : (JSON.parse(text) as unknown);
    } catch {
      // Written by something else: as good as not there.
      return undefined;
    }
  }

  set(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    try {
      this.#storage.setItem(this.#prefix + key, text);
    } catch {
      this.#memory.setItem(this.#prefix + key, text);
    }
  }

  remove(key: string): void {
    this.#storage.removeItem(this.#prefix + key);
    this.#memory.removeItem(this.#prefix + key);
  }

  /** The keys that begin so, without the chat's prefix. */
  keys(beginning: string): string[] {
    const wanted = this.#prefix + beginning;
    return [this.#storage, this.#memory].flatMap((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "")
        .filter((key) => key.startsWith(wanted))
        .map((key) => key.slice(this.#prefix.length)),
    );
  }
}

/** The browser's storage, which some settings let nobody even look at. */
export function browserStorage(): KeyStorage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
