import childProcess, { ChildProcess } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

/** Kept, since the code under test may catch it. */
let refused: Error | undefined;

function refuse(program: unknown): never {
  refused ??= new Error(
    `a unit test starts "${String(program)}"; a test that starts a program is an integration test: move it to a file that ends in .integration.test.ts`,
  );
  throw refused;
}

/** A unit test that starts a program fails, even where nobody looks at what came of it. */
export const mochaHooks = {
  // Not sooner, since mocha starts its own workers.
  beforeAll() {
    // What spawn, exec, execFile, fork and execa come to.
    Object.assign(ChildProcess.prototype, { spawn: ({ file }: { file: string }) => refuse(file) });
    Object.assign(childProcess, { spawnSync: refuse, execSync: refuse, execFileSync: refuse });
    syncBuiltinESMExports();
  },
  // What a hook has started, or a file as it was loaded.
  afterAll() {
    if (refused !== undefined) throw refused;
  },
  afterEach(this: Mocha.Context) {
    const error = refused;
    refused = undefined;
    if (error !== undefined && this.currentTest?.state !== "failed") throw error;
  },
};
