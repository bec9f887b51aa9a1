/** A word that the browser keeps until the next visit; one that keeps nothing for this page refuses by throwing. */
export class Remembered {
  readonly #key: string;
  readonly #storage: () => Pick<Storage, "getItem" | "setItem">;

  constructor(key: string, storage: () => Pick<Storage, "getItem" | "setItem"> = () => localStorage) {
    this.#key = key;
    this.#storage = storage;
  }

  get value(): string {
    try {
      return this.#storage().getItem(this.#key) ?? "";
    } catch {
      return "";
    }
  }

  set value(value: string) {
    try {
      this.#storage().setItem(this.#key, value);
    } catch {
      // Blocked, or full: the word is typed again the next time.
    }
  }
}
