import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const repository = join(import.meta.dirname, "../..");
export const folder = join(repository, "docs/runbooks");
export const read = (path: string) => readFileSync(join(repository, path), "utf8");
export const runbooks = readdirSync(folder).map((file) => ({
  file,
  text: readFileSync(join(folder, file), "utf8"),
}));
export const first = read("docs/runbooks/first-deployment.md");

export const found = (pattern: RegExp, text = runbooks.map((runbook) => runbook.text).join("\n")) =>
  [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))].sort();

/** Commands of shell blocks, as they are typed. */
export const commands = runbooks.flatMap(({ text }) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n")),
);
