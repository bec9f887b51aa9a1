import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Something that a cloud does wrong, or slowly, when it is told to. */
export interface Fault {
  readonly token: string;
  readonly operation: "create" | "update" | "delete";

  /** What the cloud answers instead of doing it. */
  readonly message?: string;

  /** How long it takes before that. */
  readonly delayMs?: number;

  /** How often it still happens. */
  readonly times: number;
}

/** The faults of a rehearsal, in a file: they are made in one process and happen in another. */
export class Faults {
  private readonly file: string;
  private readonly wait: (ms: number) => Promise<unknown>;

  /** @param wait ends when so much time has passed */
  constructor(file: string, wait: (ms: number) => Promise<unknown> = sleep) {
    this.file = file;
    this.wait = wait;
  }

  set(faults: readonly Fault[]): void {
    writeFileSync(`${this.file}.new`, JSON.stringify(faults), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  /** Does what it has been told to do about such an operation. */
  async happen(token: string, operation: Fault["operation"]): Promise<void> {
    const faults = this.read();
    const index = faults.findIndex(
      (fault) => fault.token === token && fault.operation === operation && fault.times > 0,
    );
    const fault = faults[index];
    if (fault === undefined) return;
    this.set(faults.with(index, { ...fault, times: fault.times - 1 }));
    if (fault.delayMs !== undefined) await this.wait(fault.delayMs);
    if (fault.message !== undefined) throw new Error(fault.message);
  }

  private read(): Fault[] {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Fault[]) : [];
  }
}
