import { type BuildOptions, build } from "esbuild";

/** Packs programs as our own builds do, so that it is not the packing that is compared. */
export const bundle = (options: BuildOptions) =>
  build({
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    ...options,
  });
