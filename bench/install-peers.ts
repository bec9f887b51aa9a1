import { execa } from "execa";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../shell/paths.js";
import { bundle } from "./bundle.js";

const folder = join(local, "bench/peers");

/** The programs of bench/peers, installed and bundled; gives the file of each. */
export async function installPeers<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  await mkdir(folder, { recursive: true });
  await cp(join(import.meta.dirname, "peers"), folder, { recursive: true });
  await execa("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
  await bundle({
    entryPoints: names.map((name) => join(folder, `${name}.mjs`)),
    outdir: join(folder, "dist"),
    outExtension: { ".js": ".cjs" },
  });
  const files = names.map((name) => [name, join(folder, "dist", `${name}.cjs`)]);
  return Object.fromEntries(files) as Record<Name, string>;
}
