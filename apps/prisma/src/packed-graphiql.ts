import type * as GraphiQL from "@graphql-yoga/render-graphiql";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { brotliDecompressSync } from "node:zlib";

// Of the bundle, which has this module in the place of "@graphql-yoga/render-graphiql".
declare const __dirname: string;

let loaded: typeof GraphiQL | undefined;

/** As GraphiQL's own: the page with all that is in it, as HTML. */
export const renderGraphiQL: typeof GraphiQL.renderGraphiQL = (options) =>
  (loaded ??= unpack(__dirname)).renderGraphiQL(options);

/** @param folder to which pack-graphiql.mjs has written */
export function unpack(folder: string): typeof GraphiQL {
  const file = join(folder, "graphiql.cjs.br");
  const source = brotliDecompressSync(readFileSync(file)).toString();
  const module = { exports: {} };
  const run = compileFunction(source, ["module", "exports"], { filename: file }) as (
    ...args: [typeof module, object]
  ) => void;
  run(module, module.exports);
  return module.exports as typeof GraphiQL;
}
