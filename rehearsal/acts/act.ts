import type { Changed } from "../changes.js";
import { changesOf, unexpected } from "../changes.js";
import type { ClusterAccess } from "../cluster/access.js";
import type { Run, RunOptions } from "../engine.js";
import type { Rehearsal } from "../rehearsal.js";
import type { RehearsedStack } from "../stack.js";
import { applyEdit, type Edit } from "./edits.js";

/** One part of the rehearsal of a stack. */
export interface Act {
  /** A sentence about what is promised. */
  readonly title: string;
  play(stage: Stage): Promise<Played>;
}

export interface Played {
  /** In what the promise does not hold; empty if it does. */
  readonly problems: readonly string[];

  /** Of the run that the act is about. */
  readonly changes: readonly Changed[];
}

type Operation = "preview" | "previewInFull" | "up" | "destroy" | "tryDestroy" | "refresh";

/** What the acts of one stack have in common, each going on from where the one before left it. */
export class Stage {
  readonly stack: RehearsedStack;
  readonly clusters: readonly ClusterAccess[];

  /** Folder with the logs of all programs. */
  readonly logs: string;

  /** Every run of the engine so far, for what it told. */
  readonly runs: Run[] = [];

  /** Every secret that the stack has had. */
  readonly secrets = new Set<string>();

  /** What the first preview said. */
  foreseen: readonly Changed[] = [];

  /** Number of resources that are something beyond the engine's own book, when all of it had been made. */
  resources = 0;

  private readonly edits: Edit[] = [];

  constructor({ clusters, logs }: Pick<Rehearsal, "clusters" | "logs">, stack: RehearsedStack) {
    this.stack = stack;
    this.clusters = clusters;
    this.logs = logs;
  }

  /** Changes the stack file further. */
  async edit(edit: Edit): Promise<void> {
    this.edits.push(edit);
    await this.stack.configure((config) => {
      for (const one of this.edits) applyEdit(config, one);
    });
  }

  async setSecret(key: string, value: string): Promise<void> {
    this.secrets.add(value);
    await this.stack.setSecret(key, value);
  }

  async run(operation: Operation, options?: RunOptions): Promise<Run> {
    const run = await this.stack[operation](options);
    this.runs.push(run);
    return run;
  }

  /** Deploys, and compares what changed with what may change. */
  async change(expected: readonly Changed[]): Promise<Played> {
    const run = await this.run("up");
    const changes = changesOf(run.steps);
    return { problems: [...failures(run), ...unexpected(run.steps, expected)], changes };
  }
}

/** Why a run did not do all of it. */
export function failures({ outcome, errors, output }: Run): string[] {
  if (outcome === "succeeded") return [];
  return errors.length > 0 ? [...errors] : [`${outcome}: ${output.trim().slice(-2000)}`];
}
