import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../shell/paths.js";
import { appImages } from "../../toolchain/images.js";
import { type Goal, judge, round, table } from "../figures.js";
import { type Archive, readArchive } from "./archive.js";

const megabyte = 1_000_000;

/**
 * Redis has launch and probe scripts, MariaDB one that makes its users, and the chat's page one that tells NGINX where the
 * server is; the volume provisioner's commands are scripts.
 */
const needsShell = ["redis", "mariadb", "chat-client", "volume-helper"];

/** It makes a volume's folder in one of the node's own, which is root's. */
const needsRoot = ["volume-helper"];

const setuid = 0o4000;
const setgid = 0o2000;

/** Size and contents of every image that was built, the latest of each. */
export async function run(): Promise<boolean> {
  const archives = latestArchives();
  if (archives.size === 0) throw new Error('there is no image yet; run "npm run up"');
  const rows: (string | number)[][] = [];
  const goals: Goal[] = [];
  for (const [name, file] of archives) {
    const { user, layers } = await readArchive(file);
    const whole = sum(layers.map(({ compressed }) => compressed)) / megabyte;
    // The first layer is programs of others with their libraries; on top of it comes what the repository holds.
    const own = sum(layers.slice(1).map(({ compressed }) => compressed)) / megabyte;
    const isApp = appImages.includes(name);
    const files = filesOf(layers);
    const privileged = [...files.values()].filter(({ mode }) => (mode & (setuid | setgid)) !== 0).length;
    const shells = [...files.keys()].filter((path) => /(^|\/)s?bin\/(sh|bash|dash|ash|busybox)$/.test(path));
    rows.push([
      name,
      round(whole),
      isApp ? round(own) : "",
      privileged,
      user || "root",
      shells.join(" ") || "none",
      files.size,
    ]);
    if (isApp) goals.push({ what: `${name}, our layers`, got: own, atMost: 5, unit: " MB" });
    goals.push({ what: `${name}, whole, compressed`, got: whole, atMost: 60, unit: " MB" });
    goals.push({ what: `${name}, setuid and setgid files`, got: privileged, atMost: 0 });
    if (!needsRoot.includes(name)) {
      goals.push({ what: `${name}, runs as root`, got: /^(0|root)?(:|$)/.test(user) ? 1 : 0, atMost: 0 });
    }
    if (!needsShell.includes(name)) {
      goals.push({ what: `${name}, shells`, got: shells.length, atMost: 0 });
    }
  }
  table(["image", "whole, MB gzip", "our layers, MB gzip", "setuid, setgid", "user", "shell", "files"], rows);
  return judge(goals);
}

/** The newest archive of each image: older ones are of inputs that have changed since. */
export function latestArchives(): Map<string, string> {
  const files = readdirSync(paths.images)
    .map((file) => ({ file: join(paths.images, file), name: /^(.+)-[0-9a-f]{16}\.tar$/.exec(file)?.[1] }))
    .map(({ file, name }) => ({ file, name, time: statSync(file).mtimeMs }))
    .sort((a, b) => a.time - b.time);
  return new Map(files.flatMap(({ file, name }) => (name === undefined ? [] : [[name, file] as const])));
}

/** What a container of the image sees: the files of all layers, without those that a later layer takes away. */
function filesOf(layers: Archive["layers"]): Map<string, { mode: number }> {
  const files = new Map<string, { mode: number }>();
  for (const { path, mode, type } of layers.flatMap(({ entries }) => entries)) {
    const gone = path.replace(/(^|\/)\.wh\.([^/]+)$/, "$1$2");
    if (gone !== path) files.delete(gone);
    else if (type !== "5") files.set(path, { mode });
  }
  return files;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
