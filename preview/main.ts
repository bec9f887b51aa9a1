import { tellingErrors } from "../shell/errors.js";
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

await tellingErrors(() => program.parseAsync());
