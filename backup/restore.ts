import { join, resolve } from "node:path";
import { UserError } from "../shell/errors.js";
import { interrupt, stopIfInterrupted } from "../shell/programs.js";
import type { Tell } from "../shell/progress.js";
import { backupStores, defaultFile, inDrafts } from "./backup.js";
import { check, type Checked, MissingStoreError, type RunSteps, show, type Step } from "./check.js";
import { describeCounts, differences } from "./manifest.js";
import { localPlatform, type Platform } from "./platform.js";
import type { Restored } from "./restored.js";
import { readUnfinished, removeUnfinished, type Unfinished, writeUnfinished } from "./unfinished.js";

export interface RestoreOptions {
  /**
   * Whether what is there is backed up before it is replaced.
   *
   * @default true
   */
  safetyBackup?: boolean;
}

/** Within a step of another command. */
const showAs =
  (tell: Tell): RunSteps =>
  async (steps) => {
    for (const { title, run } of steps) {
      stopIfInterrupted();
      tell(title);
      await run(tell);
    }
  };

/**
 * Replaces all that the platform's stores hold by what is in a backup. The file and the platform are checked before
 * anything is touched; a restore that was cut short is gone on with when it is asked for again.
 */
export async function restore(
  path: string,
  { safetyBackup = true }: RestoreOptions,
  platform: Platform = localPlatform,
  runSteps: RunSteps = show,
): Promise<Restored> {
  const file = resolve(path);
  const before = await readUnfinished();
  // What is there now is half of something: the backup that was made of the whole of it stays the one.
  const isHalf = before?.step === "restore";
  const state: Unfinished = {
    file,
    step: isHalf ? "restore" : "stop",
    safetyBackup,
    safety: isHalf ? before.safety : undefined,
  };
  return inDrafts("restore", async (folder) => {
    const checked = await check(file, folder, platform, runSteps).catch((error: unknown) => {
      throw withWayOut(error, file, before);
    });
    const result: Restored = { rows: [], left: checked.left };
    try {
      await runSteps(stepsOf(checked, folder, platform, state, result));
      stopIfInterrupted(); // In the last step nobody else may have noticed.
    } catch (error) {
      throw await explained(error, state, platform);
    }
    return { ...result, safety: state.safety };
  });
}

/**
 * Ends a restore that was cut short, if there is one: takes it back where nothing was changed yet, goes on with it
 * where something was.
 *
 * @throws MissingStoreError when the platform has not got a store of it.
 */
export async function finishRestore(tell: Tell, platform: Platform = localPlatform): Promise<void> {
  const before = await readUnfinished();
  if (before === undefined) return;
  if (before.step !== "restore") {
    await resume(platform);
    return;
  }
  try {
    await restore(before.file, before, platform, showAs(tell));
  } catch (error) {
    if (error instanceof MissingStoreError || !(error instanceof UserError) || interrupt.seen) throw error;
    throw new UserError(`a restore was cut short, and cannot go on: ${error.message}`, { cause: error });
  }
}

/** The apps go on with what is there. */
async function resume(platform: Platform): Promise<void> {
  await platform.startWriters();
  await removeUnfinished();
}

function stepsOf(
  { pairs }: Checked,
  folder: string,
  platform: Platform,
  state: Unfinished,
  result: Restored,
): Step[] {
  const stores = pairs.map(({ store }) => store);
  const note = (change: Partial<Unfinished>) => writeUnfinished(Object.assign(state, change));
  const safety = defaultFile("before-restore", new Date());
  return [
    {
      title: "stop what writes",
      run: async (tell) => {
        await note({});
        await platform.stopWriters(stores, tell);
      },
    },
    ...(state.step === "stop" && state.safetyBackup
      ? [
          {
            title: `back up what is there: ${safety}`,
            run: async (tell: Tell) => {
              await backupStores(stores, safety, tell);
              state.safety = safety;
            },
          },
        ]
      : []),
    ...pairs.map((pair) => ({
      title: `restore ${pair.store.name}`,
      run: async (tell: Tell) => {
        await note({ step: "restore" });
        result.rows.push(await restorePart(pair, folder, tell));
      },
    })),
    {
      title: "start what writes",
      run: async () => {
        await note({ step: "start" });
        await resume(platform);
      },
    },
    { title: "wait for every app to answer", run: (tell) => platform.waitForApps(tell) },
  ];
}

async function restorePart(
  { store, part }: Checked["pairs"][number],
  folder: string,
  tell: Tell,
): Promise<Restored["rows"][number]> {
  const started = Date.now();
  await store.restore(join(folder, part.file), tell);
  const found = await store.count();
  const problems = differences(part, found);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return { store: store.name, restored: describeCounts(part.kind, found), seconds };
}

/** What a check found, with how to go on with a restore that was cut short before. */
function withWayOut(error: unknown, file: string, before: Unfinished | undefined): unknown {
  if (error instanceof MissingStoreError || !isForPeople(error)) return error;
  if (before !== undefined)
    return withState(error, `the apps stay stopped since a restore was cut short; ${wayOut(before)}`);
  return interrupt.seen ? withState(error, unchanged(file)) : error;
}

/** The error with what it has left behind. Where nothing is changed yet, all goes on as it was. */
async function explained(error: unknown, state: Unfinished, platform: Platform): Promise<unknown> {
  if (state.step === "stop") {
    const problem = await resume(platform).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (problem instanceof Error && error instanceof Error) {
      const message = `nothing was changed: ${error.message}\nthe apps stay stopped, "npm run up" starts them: ${problem.message}`;
      return new UserError(message, { cause: error });
    }
  }
  if (!isForPeople(error)) return error;
  if (state.step === "restore") return withState(error, `the apps stay stopped; ${wayOut(state)}`);
  if (state.step === "start") return withState(error, await restored());
  if (interrupt.seen) return withState(error, unchanged(state.file));
  return new UserError(`nothing was changed: ${error.message}`, { cause: error });
}

/** Of an interruption every error is a consequence, such as that of a program that was ended with this one. */
const isForPeople = (error: unknown): error is Error => error instanceof UserError || interrupt.seen;

/** An error's message and the state that it has left; of an interruption the state alone. */
function withState(error: Error, state: string): UserError {
  return new UserError(interrupt.seen ? state : `${error.message}\n${state}`, { cause: error });
}

const unchanged = (file: string) => `nothing was changed; begin anew with: npm run restore -- ${file}`;

/** Where all that the file has is there. */
async function restored(): Promise<string> {
  return (await readUnfinished()) === undefined
    ? 'everything is restored, and the apps are starting; see "npm run status"'
    : 'everything is restored, but apps may stay stopped; "npm run up" starts them';
}

const wayOut = ({ file, safety }: Unfinished) =>
  [file, safety]
    .flatMap((path) => (path === undefined ? [] : [`npm run restore -- ${path}`]))
    .join(", or for what was there before: ")
    .replace(/^/, "go on with: ");
