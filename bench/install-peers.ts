import { build } from "esbuild";
import { execa } from "execa";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../machine/layout.js";

const folder = join(local, "bench/peers");

/** The programs of bench/peers, installed and bundled; gives the file of each. */
export async function installPeers<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  await mkdir(folder, { recursive: true });
  await cp(join(import.meta.dirname, "peers"), folder, { recursive: true });
  await execa("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
  // As our own build does it, so that it is not the packing that is compared.
  await build({
    entryPoints: names.map((name) => join(folder, `${name}.mjs`)),
    outdir: join(folder, "dist"),
    outExtension: { ".js": ".cjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
  });
  const files = names.map((name) => [name, join(folder, "dist", `${name}.cjs`)]);
  return Object.fromEntries(files) as Record<Name, string>;
}
