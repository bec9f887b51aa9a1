import { createPool, type Pool } from "mariadb";
import { execa } from "execa";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../../shell/paths.js";
import { freePort } from "../../shell/ports.js";
import { latestArchives } from "../images/bench.js";
import { Server } from "../server.js";

const folder = join(local, "bench/mariadb");
const root = join(folder, "root");
const APP_UID = 10001;

export interface MariaDb {
  readonly server: Server;
  readonly pool: Pool;
  readonly sign: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
}

/** Unpacks the image that `npm run up` built: the same program with the same options as in the cluster. */
export async function unpackMariaDb(): Promise<void> {
  const archive = latestArchives().get("mariadb");
  if (archive === undefined) throw new Error('there is no image of MariaDB yet; run "npm run up"');
  await rm(folder, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await execa("tar", ["-xf", archive, "-C", folder]);
  const json = async (file: string) => JSON.parse(await readFile(join(folder, file), "utf8")) as unknown;
  const blob = (digest: string) => `blobs/${digest.replace(":", "/")}`;
  const { manifests } = (await json("index.json")) as { manifests: { digest: string }[] };
  const { layers } = (await json(blob(manifests[0]?.digest ?? ""))) as { layers: { digest: string }[] };
  for (const { digest } of layers) await execa("tar", ["-xf", join(folder, blob(digest)), "-C", root]);
  await mkdir(join(root, "dev"), { recursive: true });
  for (const device of ["null", "urandom"]) {
    if (!existsSync(join(root, "dev", device)))
      await execa("cp", ["-a", `/dev/${device}`, join(root, "dev")]);
  }
}

/** An empty database on a port of this machine, by TLS only, as in the cluster. */
export async function startMariaDb(): Promise<MariaDb> {
  const port = await freePort();
  const password = "0nly0for0this0measurement";
  for (const name of ["data", "run"]) {
    await rm(join(root, name), { recursive: true, force: true });
    await mkdir(join(root, name));
    await chown(join(root, name), APP_UID, APP_UID);
  }
  await writeFile(join(root, "run/password"), password);
  const server = await Server.start(
    port,
    "chroot",
    [`--userspec=${APP_UID}:${APP_UID}`, root, "/bin/sh", "/usr/local/bin/start"],
    {
      MARIADB_DATABASE: "prisma",
      MARIADB_USER: "prisma",
      MARIADB_PASSWORD_FILE: "/run/password",
      MARIADB_RUN: "/run",
      MARIADB_BIND: "127.0.0.1",
      MARIADB_PORT: String(port),
    },
  );
  const sign = { host: "127.0.0.1", port, user: "prisma", password, database: "prisma" };
  return { server, sign, pool: createPool({ ...sign, ssl: { rejectUnauthorized: false } }) };
}
