import { tellingErrors } from "../shell/failures.js";
import { createCommands } from "./commands.js";
import { previewAgainst, previewFirst } from "./rehearse.js";

const program = createCommands(
  { first: previewFirst, against: previewAgainst },
  {
    say: (text) => process.stdout.write(`${text}\n`),
    tell: (line) => process.stderr.write(`${line}\n`),
    exitWith: (code) => (process.exitCode = code),
  },
);

await tellingErrors(() => program.parseAsync(), process.argv.slice(3));
