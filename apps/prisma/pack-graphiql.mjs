// pack-graphiql.mjs [<folder>]: bundles GraphiQL and compresses it. It is more than half of all that the service is made
// of, so it lies beside the bundle, where it costs those nothing who do not open the page.
import { build } from "esbuild";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [folder = join(import.meta.dirname, "dist")] = process.argv.slice(2);
const { outputFiles } = await build({
  stdin: { contents: 'export * from "@graphql-yoga/render-graphiql"', resolveDir: import.meta.dirname },
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  write: false,
});
// The best quality takes twenty times as long for a tenth less.
const params = { [constants.BROTLI_PARAM_QUALITY]: 7, [constants.BROTLI_PARAM_LGWIN]: 24 };
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "graphiql.cjs.br"), brotliCompressSync(outputFiles[0].contents, { params }));
