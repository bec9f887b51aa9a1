export interface Entry {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: string;
}

export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** A request that failed, told in words for the reader. */
export class ApiError extends Error {
  override readonly name = "ApiError";
}

export interface ApiOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  /** Pauses before reading or writing is tried again, one for each further try. */
  readonly retryDelaysMs?: readonly number[];
}

/** The journal's API as the page uses it. */
export class Api {
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;
  readonly #retryDelaysMs: readonly number[];
  /** The last entry that was written without an answer: whether it was saved, nobody here knows. */
  #unanswered?: { readonly body: string; readonly key: string };

  constructor({ fetch, timeoutMs = 10_000, retryDelaysMs = [300, 1200] }: ApiOptions = {}) {
    // A bare reference would be called with the wrong "this", which browsers refuse.
    this.#fetch = fetch ?? ((...args) => globalThis.fetch(...args));
    this.#timeoutMs = timeoutMs;
    this.#retryDelaysMs = retryDelaysMs;
  }

  /** Reading changes nothing, so it is tried again before the reader hears of a failure. */
  async list(page: number): Promise<EntryPage> {
    return (await bodyOf(await this.#insist(`/api/entries?page=${page}`))) as EntryPage;
  }

  /** Saves one entry, however often it is sent: also when the reader sends it again after a failure. */
  async add(author: string, text: string): Promise<Entry> {
    const body = JSON.stringify({ author, text });
    const { key } = this.#unanswered?.body === body ? this.#unanswered : { key: crypto.randomUUID() };
    this.#unanswered = { body, key };
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const response = await this.#insist("/api/entries", { method: "POST", headers, body });
    if (response.status < 500) this.#unanswered = undefined;
    return (await bodyOf(response)) as Entry;
  }

  /** An entry that somebody else deleted in the meantime is deleted all the same. */
  async remove(id: string): Promise<void> {
    const response = await this.#request(`/api/entries/${encodeURIComponent(id)}`, { method: "DELETE" });
    if (response.status !== 404) {
      await bodyOf(response);
    }
  }

  /** Sends again what may be sent again, while the server is away. */
  async #insist(path: string, init?: RequestInit): Promise<Response> {
    for (const delay of this.#retryDelaysMs) {
      const response = await this.#request(path, init).catch(() => undefined);
      if (response && response.status < 500) return response;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    return await this.#request(path, init);
  }

  async #request(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await this.#fetch(path, { ...init, signal: AbortSignal.timeout(this.#timeoutMs) });
    } catch {
      throw new ApiError("The journal did not answer. Are you online?");
    }
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) {
    return undefined;
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || body === undefined) {
    throw new ApiError(messageIn(body) ?? `The journal answered with an error (${response.status}).`);
  }
  return body;
}

/** The API's own explanation, as a sentence. */
function messageIn(body: unknown): string | undefined {
  const message = (body as { error?: { message?: unknown } } | undefined)?.error?.message;
  return typeof message === "string" && message !== ""
    ? `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
    : undefined;
}
