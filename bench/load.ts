import { execa } from "execa";
import { join } from "node:path";

/** What came of some requests. */
export interface Load {
  answered: number;
  failed: number;
  wallSec: number;
  p50Ms: number;
  p99Ms: number;
}

interface LoadArgs {
  readonly port: number;
  readonly operation: string;
  readonly count: number;
  readonly connections: number;
}

/** Sends a module's requests from a process of its own; throws if one of them was not answered as it should be. */
export async function sendLoad(module: string, args: LoadArgs): Promise<Load> {
  const { port, operation, count, connections } = args;
  const file = join(import.meta.dirname, "load.mjs");
  const { stdout } = await execa(
    process.execPath,
    [file, module, port, operation, count, connections].map(String),
  );
  const result = JSON.parse(stdout) as Load;
  if (result.failed > 0 || result.answered === 0) throw new Error(`${operation}: ${stdout}`);
  return result;
}
