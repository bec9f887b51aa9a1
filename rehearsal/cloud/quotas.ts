import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { awsQuotas } from "./aws/quotas.js";
import { gcpQuotas } from "./gcp/quotas.js";
import type { Existing, Store } from "./store.js";

/** So much of what a cloud gives only so much of. */
export interface Taken {
  /** Its name in the table of quotas. */
  readonly quota: string;

  /** A region, or "global". */
  readonly where: string;
  readonly amount: number;
}

/** What was asked for beyond a quota. */
export interface Excess extends Taken {
  readonly limit: number;

  /** By everything else. */
  readonly used: number;
}

export interface Quota {
  /** Where it is written what a new project or account has. */
  readonly source: string;
  readonly default: number;

  /** What the cloud answers. */
  refusal(excess: Excess): string;
}

export type QuotaTable = Readonly<Record<string, Quota>>;

const table: QuotaTable = { ...gcpQuotas, ...awsQuotas };

/** How much clouds give, in a file: what people asked for is told in one process and holds in another. */
export class Quotas {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Tells the clouds what they give from now on, in each region; what is not told stays. */
  set(limits: Readonly<Record<string, number>>): void {
    const unknown = Object.keys(limits).filter((name) => !(name in table));
    if (unknown.length > 0) {
      const allowed = Object.keys(table).join(", ");
      throw new Error(`quota "${unknown.join('", "')}" is not simulated, expected one of ${allowed}`);
    }
    writeFileSync(`${this.file}.new`, JSON.stringify({ ...this.told(), ...limits }), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  /**
   * What a cloud answers to somebody who takes more than there is; it takes nothing away from what takes too much already.
   *
   * @param thing that takes it now, instead of what it took before
   */
  refusals(store: Store, thing: Pick<Existing, "token" | "id">, takes: readonly Taken[]): string[] {
    const before = store.find(thing.token, thing.id);
    const others = store.all().filter((other) => other !== before && other.remains === undefined);
    return takes.flatMap((taken) => {
      const limit = this.limitOf(taken.quota);
      const used = sumOf(others, taken);
      const isMore = taken.amount > sumOf(before ? [before] : [], taken);
      return isMore && used + taken.amount > limit
        ? [quotaOf(taken.quota).refusal({ ...taken, limit, used })]
        : [];
    });
  }

  private limitOf(name: string): number {
    return this.told()[name] ?? quotaOf(name).default;
  }

  private told(): Readonly<Record<string, number>> {
    return existsSync(this.file)
      ? (JSON.parse(readFileSync(this.file, "utf8")) as Record<string, number>)
      : {};
  }
}

function quotaOf(name: string): Quota {
  const quota = table[name];
  if (!quota) throw new Error(`quota "${name}" is in no table of rehearsal/cloud`);
  return quota;
}

function sumOf(things: readonly Existing[], { quota, where }: Taken): number {
  const takes = things.flatMap(({ takes = [] }) => takes);
  return takes
    .filter((other) => other.quota === quota && other.where === where)
    .reduce((sum, { amount }) => sum + amount, 0);
}
