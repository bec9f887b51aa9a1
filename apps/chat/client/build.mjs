import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

/** Writes the site to dist/, each asset twice: under its own name, and under one that holds its content's hash. */
const ASSETS = ["main.js", "style.css"];

await rm("dist", { recursive: true, force: true });
const options = {
  entryPoints: ["src/main.ts", "src/style.css"],
  bundle: true,
  minify: true,
  target: "es2022",
};
const format = { format: "esm", charset: "utf8", outdir: "dist" };
await build({ ...options, ...format });
const { metafile } = await build({ ...options, ...format, entryNames: "[name]-[hash]", metafile: true });

const hashed = Object.keys(metafile.outputs).map((file) => basename(file));
let page = await readFile("src/index.html", "utf8");
for (const asset of ASSETS) {
  const [name, extension] = asset.split(".");
  const file = hashed.find((output) => output.startsWith(`${name}-`) && output.endsWith(`.${extension}`));
  page = page.replaceAll(`"/${asset}"`, `"/${file}"`);
}
await writeFile("dist/index.html", page);
await copyFile("src/favicon.svg", "dist/favicon.svg");
