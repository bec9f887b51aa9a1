import { done, changeSections, countsOf, riskSection } from "./words.js";
import { actions, type StackReport } from "./report.js";

const plain = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, " ");

/** The report for a terminal or a log. */
export function reportText(report: StackReport): string {
  const { stack, against, failure } = report;
  const counts = countsOf(report);
  const told = actions
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} ${done[action]}`);
  const summary = [...told, `${counts.same} unchanged`].join(", ");
  const heading = against === undefined ? `${stack}, from nothing` : `${stack}, against ${against}`;
  const risks = riskSection([report], plain);
  const sections = [...(risks.lines.length > 0 ? [risks] : []), ...changeSections(report, plain)];
  return [
    `${heading}: ${summary}`,
    ...sections.map(({ title, lines }) => [`\n${title}:`, ...lines].join("\n")),
    ...(failure === undefined ? [] : [`\nThe preview failed:\n${failure}`]),
  ].join("\n");
}
