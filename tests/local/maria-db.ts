import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createConnection } from "mariadb";
import { type DatabaseConfig, parseConfig } from "../../apps/prisma/src/config.js";
import { connectionOptions } from "../../apps/prisma/src/database.js";
import { paths } from "../../shell/paths.js";
import { configDocument } from "./graphql.js";

/** kubectl's way to MariaDB's port, and the port of this machine that leads there. */
export async function forwardToMariaDb(): Promise<{ port: number; stop: () => void }> {
  const args = ["--kubeconfig", paths.kubeconfig, "-n", "prisma", "port-forward", "pod/mysql-0", ":3306"];
  const process = spawn(join(paths.bin, "kubectl"), args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(process.stdout, "data")) as [Buffer];
  return {
    port: Number(/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1]),
    stop: () => {
      process.kill();
    },
  };
}

/** What the pods sign in with now. */
export async function signIn(): Promise<DatabaseConfig> {
  return parseConfig(await configDocument()).databases.default;
}

/** What the server answers to somebody who signs in so: "welcome", or the name of its error. */
export async function answerTo(database: DatabaseConfig): Promise<string> {
  const { port, stop } = await forwardToMariaDb();
  try {
    const connection = await createConnection(connectionOptions({ ...database, host: "127.0.0.1", port }));
    await connection.end();
    return "welcome";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    stop();
  }
}
