import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { repository } from "../../shell/paths.js";
import type { CrowdReport } from "./chat-report.js";
import { urlOf } from "./platform.js";

/** Guests of the chat in a process of their own, so that the tests' work does not make them slow. */
export class Crowd {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { done: (answer: unknown) => void; failed: (error: Error) => void }>();
  #asked = 0;

  private constructor(guests: number, rooms: number) {
    const args = [urlOf("server.chat"), `crowd-${randomBytes(4).toString("hex")}`, guests, rooms];
    const main = new URL("chat-crowd-main.ts", import.meta.url);
    this.#process = fork(main, args.map(String), {
      cwd: repository,
      execArgv: ["--import", "slipway/typescript"],
    });
    this.#process.on("message", ({ id, answer }: { id: number; answer: unknown }) => {
      this.#waiting.get(id)?.done(answer);
      this.#waiting.delete(id);
    });
    this.#process.on("exit", (code) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(`the crowd ended with ${code}`));
    });
  }

  /** Returns when all are in their rooms. */
  static async enter(guests: number, rooms: number): Promise<Crowd> {
    const crowd = new Crowd(guests, rooms);
    const joined = await crowd.#ask("enter");
    if (joined !== guests) {
      crowd.stop();
      throw new Error(`expected all ${guests} guests in their rooms, got ${String(joined)}`);
    }
    return crowd;
  }

  /** From now on everybody writes a message every few seconds. */
  async write(): Promise<void> {
    await this.#ask("write");
  }

  /** Cuts every connection so many times, each eight to fourteen seconds after the last time. */
  async cut(times: number): Promise<void> {
    await this.#ask("cut", times);
  }

  async away(): Promise<number> {
    return (await this.#ask("away")) as number;
  }

  /** Messages since the last report. */
  async written(): Promise<number> {
    return (await this.#ask("written")) as number;
  }

  /** Ends the writing, waits for what is on its way, and counts. */
  async settle(): Promise<CrowdReport> {
    return (await this.#ask("settle")) as CrowdReport;
  }

  stop(): void {
    this.#process.kill();
  }

  #ask(question: string, value = 0): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#process.send({ id, question, value });
    });
  }
}
