import { actions, type StackReport } from "./report.js";
import { changeSections, countsOf, riskSection, type Section } from "./words.js";

/** What GitHub takes as the body of a comment, in characters. */
export const longestComment = 65_536;

export interface MarkdownOptions {
  /** @default {@link longestComment} */
  limit?: number;

  /** Where all of it is to be found, for when it does not fit. */
  log?: string;
}

interface Block extends Section {
  readonly open: string;
  readonly close: string;
  /** The lower, the more important. */
  readonly rank: number;
}

const roomForNotes = 100;

/** In a span of code nothing is a link, a mention or HTML. */
export function code(text: string): string {
  const inert = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ")
    .replaceAll("`", "'")
    .trim();
  return `\`${inert === "" ? " " : inert}\``;
}

/** Reports for a pull request. What does not fit within the limit is the least important, and is counted. */
export function reportMarkdown(reports: readonly StackReport[], options: MarkdownOptions = {}): string {
  const { limit = longestComment, log } = options;
  const head = `${summaryTable(reports)}\n${failures(reports)}`;
  const blocks = blocksOf(reports);
  const where = log === undefined ? "" : `, see [the log](${log})`;

  const frames = blocks.reduce(
    (length, { open, close }) => length + open.length + close.length + roomForNotes,
    0,
  );
  const kept = linesThatFit(blocks, limit - head.length - frames - blocks.length * where.length);
  const body = blocks.map((block) => {
    const lines = block.lines.slice(0, kept.get(block));
    const left = block.lines.length - lines.length;
    const note = left === 0 ? [] : [`- and ${left} more${where}`];
    return `${block.open}${[...lines, ...note].join("\n")}${block.close}`;
  });
  return `${head}${body.join("")}`;
}

/** How many lines of each block there is room for: the important blocks first, stacks alike. */
function linesThatFit(blocks: readonly Block[], total: number): Map<Block, number> {
  const kept = new Map<Block, number>();
  let room = total;
  const ordered = [...blocks].sort((a, b) => a.rank - b.rank);
  for (const [index, block] of ordered.entries()) {
    let share = room / ordered.slice(index).filter(({ rank }) => rank === block.rank).length;
    let count = 0;
    for (const { length } of block.lines) {
      if (length + 1 > share) break;
      share -= length + 1;
      room -= length + 1;
      count++;
    }
    kept.set(block, count);
  }
  return kept;
}

function summaryTable(reports: readonly StackReport[]): string {
  const rows = reports.map((report) => {
    const { replace, delete: deleted, update, create, same } = countsOf(report);
    const risky = report.changes.filter(({ risks }) => risks.length > 0).length;
    const from = report.against === undefined ? "nothing" : code(report.against);
    const cells = [report.stack, from, create, update, replace, deleted, same, risky];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| stack | against | created | changed | REPLACED | deleted | unchanged | risky |",
    "| --- | --- | --: | --: | --: | --: | --: | --: |",
    ...rows,
    "",
  ].join("\n");
}

function failures(reports: readonly StackReport[]): string {
  const longest = 4000;
  return reports
    .flatMap(({ stack, failure }) => (failure === undefined ? [] : [{ stack, failure }]))
    .map(({ stack, failure }) => {
      // Indented code has no end that the text could write itself.
      const lines = failure.slice(0, longest).split(/\r\n|[\r\n\u2028\u2029]/);
      return `\n### ${stack}: the preview failed\n\n${lines.map((line) => `    ${line}`).join("\n")}\n`;
    })
    .join("");
}

function blocksOf(reports: readonly StackReport[]): Block[] {
  const risks = riskSection(reports, code);
  const first = { ...risks, open: `\n### ${risks.title}\n\n`, close: "\n", rank: -1 };
  const rest = reports.flatMap((report) => {
    const present = actions.filter((action) => countsOf(report)[action] > 0);
    return changeSections(report, code).map((section, index): Block => {
      const summary = `<summary>${report.stack}: ${section.title}</summary>`;
      const rank = actions.indexOf(present[index] ?? "create");
      return { ...section, open: `\n<details>${summary}\n\n`, close: "\n\n</details>\n", rank };
    });
  });
  return risks.lines.length > 0 ? [first, ...rest] : rest;
}
