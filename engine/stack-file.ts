import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { UserError } from "../shell/errors.js";
import { repository } from "../shell/paths.js";

/** A stack file's configuration: a block's name with its value, whatever it is. */
export type Blocks = Readonly<Record<string, unknown>>;

interface StackFile {
  file: string;
  text: string;
  blocks: Blocks;
}

/** The file of a stack in the clouds. */
export function cloudStackFile(stack: string): StackFile {
  if (!/^[a-z][a-z0-9-]*$/.test(stack) || stack === "local" || !existsSync(fileOf(stack))) {
    throw new UserError(`expected a stack with a file Pulumi.<stack>.yaml, "dev" or "prod", got "${stack}"`);
  }
  return read(stack);
}

/** The file of this machine's stack, as it is committed. */
export const localStackFile = () => read("local");

const fileOf = (stack: string) => join(repository, `Pulumi.${stack}.yaml`);

function read(stack: string): StackFile {
  const file = fileOf(stack);
  const text = readFileSync(file, "utf8");
  return { file, text, blocks: (parse(text) as { config?: Blocks }).config ?? {} };
}
