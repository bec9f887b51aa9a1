import type { GitHub, PullRequest } from "./github.js";
import { longestComment, reportMarkdown } from "./markdown.js";
import type { StackReport } from "./report.js";

/** By which the comment is found again; it does not show. */
const marker = "<!-- slipway: what this pull request changes -->";

export interface CommentArgs {
  readonly reports: readonly StackReport[];

  /** The commit that was previewed. */
  readonly commit: string;

  /** Address of the run that made the reports. */
  readonly log: string;
}

/** The whole comment, never longer than GitHub takes. */
export function commentBody({ reports, commit, log }: CommentArgs): string {
  const head = [marker, "## What this pull request changes", "", ""].join("\n");
  const none = reports.length === 0 ? `There is no preview of this commit: see [the run](${log}).\n` : "";
  const foot =
    `\nCommit ${commit.slice(0, 12)}, rehearsed without any cloud by [the pull request's own code](${log}), ` +
    "which may say what it likes: a branch of a stranger needs reading as well.\n";
  const limit = longestComment - head.length - none.length - foot.length;
  return `${head}${none}${reports.length === 0 ? "" : reportMarkdown(reports, { limit, log })}${foot}`;
}

/** Writes the pull request's one comment: the first time a new one, then always the same. */
export async function postComment(
  gitHub: GitHub,
  pullRequest: PullRequest,
  body: string,
): Promise<"created" | "updated"> {
  const comments = await gitHub.comments(pullRequest);
  // Anybody can write the marker; only a workflow's own token comments as this user.
  const ours = comments.find(
    ({ author, body: text }) => author === "github-actions[bot]" && text.startsWith(marker),
  );
  if (ours) {
    await gitHub.updateComment(ours, body);
    return "updated";
  }
  await gitHub.createComment(pullRequest, body);
  return "created";
}
