/** What went wrong: a page that loads, which it also does by itself, or what the reader wrote or deleted. */
export type Undertaking = "load" | "change";

/** The failure that the reader is told of: a change in vain stays told until a change goes well, whatever loads meanwhile. */
export class LastFailure {
  #of?: Undertaking;

  /** Notes a failure; returns whether to tell it. */
  failed(undertaking: Undertaking): boolean {
    if (!this.#concerns(undertaking)) return false;
    this.#of = undertaking;
    return true;
  }

  /** Notes a success; returns whether what was told before is over. */
  succeeded(undertaking: Undertaking): boolean {
    if (!this.#concerns(undertaking)) return false;
    this.#of = undefined;
    return true;
  }

  #concerns(undertaking: Undertaking): boolean {
    return undertaking === "change" || this.#of !== "change";
  }
}
