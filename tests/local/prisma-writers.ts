import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { GraphQLAnswer } from "./graphql.js";
import type { Answer } from "./platform.js";

const CREATE = "mutation ($data: UserCreate!) { createUser(data: $data) { id } }";
const READ = "query ($id: String!) { user(where: { id: $id }) { id } }";
const PAUSE_MS = 20;
/** What a client sends again for: nobody knows what became of it, or nothing did. */
const AGAIN = new Set(["UNAVAILABLE", "TIMEOUT", "TRY_AGAIN"]);

export interface Written {
  /** Ids of the users that were answered for. */
  ids: string[];
  /** Of those, the ones that were read afterwards. */
  read: number;
  /** Requests that had to be sent again. */
  repeated: number;
  /** Of those, the ones that had been done the first time. */
  doneBefore: number;
  /** The longest time in which nobody was answered. */
  gapMs: number;
}

type Send = (query: string, variables: object, agent: Agent) => Promise<Answer>;

/** Writers that each create one user after the other, send the same again until it is answered for, and then read it. */
export class PrismaWriters {
  readonly #written: Written = { ids: [], read: 0, repeated: 0, doneBefore: 0, gapMs: 0 };
  readonly #agent = new Agent({ keepAlive: true });
  readonly #send: Send;
  readonly #writers: Promise<void>[];
  #last = Date.now();
  #stopped = false;

  constructor(count: number, send: Send) {
    this.#send = send;
    this.#writers = Array.from({ length: count }, () => this.#write());
  }

  get count(): number {
    return this.#written.ids.length;
  }

  async stop(): Promise<Written> {
    this.#stopped = true;
    await Promise.all(this.#writers);
    this.#agent.destroy();
    return this.#written;
  }

  async #write(): Promise<void> {
    while (!this.#stopped) {
      const id = randomUUID();
      for (let sent = 0; !(await this.#create(id, sent)); sent++) {
        this.#written.repeated++;
        await sleep(100);
      }
      this.#written.ids.push(id);
      while (!(await this.#isThere(id))) await sleep(100);
      const now = Date.now();
      this.#written.gapMs = Math.max(this.#written.gapMs, now - this.#last);
      this.#last = now;
      await sleep(PAUSE_MS);
    }
  }

  /** Whether what was answered for can be read, by whichever replica; false when nobody answered. */
  async #isThere(id: string): Promise<boolean> {
    const answer = await this.#send(READ, { id }, this.#agent).catch(() => undefined);
    if (!answer || [502, 503, 504].includes(answer.status)) return false;
    const { data, errors = [] } = JSON.parse(answer.body) as GraphQLAnswer;
    if (errors.some(({ extensions }) => AGAIN.has(extensions.code))) return false;
    if (data?.user?.id !== id) throw new Error(`${id} was written and is not there: ${answer.body}`);
    this.#written.read++;
    return true;
  }

  /** Whether the user is there now, by this request or by one before it. */
  async #create(id: string, sentBefore: number): Promise<boolean> {
    const data = { id, email: `${id}@writers.example.com`, name: "writer" };
    const answer = await this.#send(CREATE, { data }, this.#agent).catch(() => undefined);
    // What the entry says when it has lost the pod; the service itself answers every query with 200, or 4xx.
    if (!answer || [502, 503, 504].includes(answer.status)) return false;
    if (answer.status !== 200) throw new Error(`unexpected answer ${answer.status} ${answer.body}`);
    const { data: done, errors = [] } = JSON.parse(answer.body) as GraphQLAnswer;
    const [code] = errors.map(({ extensions }) => extensions.code);
    if (code === undefined) return done.createUser.id === id;
    if (code === "CONFLICT" && sentBefore > 0) {
      this.#written.doneBefore++;
      return true;
    }
    if (AGAIN.has(code)) return false;
    throw new Error(`unexpected answer ${answer.body}`);
  }
}
