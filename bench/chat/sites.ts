import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "../../shell/paths.js";
import { freePorts } from "../../shell/ports.js";
import { waitUntil } from "../../shell/waiting.js";
import { Server, startRedis } from "../server.js";

const SERVERS = 2;

/** Servers of one chat, with all that they need. */
export interface Site {
  readonly ports: readonly number[];
  readonly servers: readonly Server[];
  /** Kills a server as `kill -9` does, and starts it again after that time. */
  restart(index: number, awayMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Ours, with FerretDB for its messages. */
export async function startOurs(program: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  const mongo = await startFerretDb(folder);
  const uriFile = join(folder, "uri");
  await writeFile(uriFile, `mongodb://127.0.0.1:${mongo.port}/chat`);
  const env = {
    CHAT_ORIGINS: "https://chat.localhost",
    MONGO_URI_FILE: uriFile,
    REDIS_HOST: "127.0.0.1",
  };
  return startSite(program, env, async () => {
    await mongo.server.stop();
    await rm(folder, { recursive: true });
  });
}

/** Bare Socket.io. */
export const startPeer = (program: string): Promise<Site> => startSite(program, {}, () => Promise.resolve());

async function startSite(
  program: string,
  env: Record<string, string>,
  stopRest: () => Promise<void>,
): Promise<Site> {
  const { redis, port: redisPort } = await startRedis();
  const ports = await freePorts(SERVERS);
  const common = { NODE_ENV: "production", REDIS_PORT: String(redisPort), ...env };
  const start = (port: number) =>
    Server.start(port, process.execPath, [program], { ...common, PORT: String(port) });
  const servers = await Promise.all(ports.map(start));
  for (const port of ports)
    await waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
      intervalMs: 100,
      retries: 100,
      problem: `the server at ${port} is not ready within 10 s`,
    });
  return {
    ports,
    servers,
    async restart(index, awayMs) {
      await servers[index]?.stop();
      await sleep(awayMs);
      servers[index] = await start(ports[index] ?? 0);
    },
    async stop() {
      for (const server of [...servers, redis]) await server.stop();
      await stopRest();
    },
  };
}

async function startFerretDb(folder: string): Promise<{ server: Server; port: number }> {
  const file = join(paths.bin, "ferretdb");
  if (!existsSync(file))
    throw new Error(`expected FerretDB at ${file}; run "npm run up" first, which builds it`);
  const [port = 0, probes = 0] = await freePorts(2);
  const address = (number: number) => `127.0.0.1:${number}`;
  const args = ["-listen", address(port), "-probes", address(probes), "-data", folder];
  return { server: await Server.start(port, file, args), port };
}
