import { readdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { commentBody, postComment } from "./comment.js";
import { GitHub, workflowRunEvent } from "./github.js";
import { parseReport, type StackReport } from "./report.js";

const largestReport = 4 * 1024 * 1024;
const mostReports = 10;

export interface PostArgs {
  /** Where the run's artifact was unpacked: whatever is in it was written by strangers. */
  readonly folder: string;

  /** File with the event, of GitHub's own making. */
  readonly eventFile: string;
  readonly apiUrl: string;
  readonly token: string;
}

/** Tells in the pull request what the run found that GitHub's event is about; gives what was done. */
export async function post({ folder, eventFile, apiUrl, token }: PostArgs): Promise<string> {
  const event = workflowRunEvent.parse(JSON.parse(await readFile(eventFile, "utf8")) as unknown);
  const { event: trigger, head_sha: commit, html_url: log } = event.workflow_run;
  if (trigger !== "pull_request")
    return `nothing to tell: the run was for "${trigger}", not for a pull request`;

  const gitHub = new GitHub({ apiUrl, repository: event.repository.full_name, token });
  const pullRequest = await gitHub.pullRequestOf(event);
  if (!pullRequest) return `nothing to tell: no open pull request ends with commit ${commit}`;

  const body = commentBody({ reports: await readReports(folder), commit, log });
  return `${await postComment(gitHub, pullRequest, body)} the comment in pull request ${pullRequest.number}`;
}

/** One report a file, `<stack>.json`; links lead out of the folder and are not followed. */
async function readReports(folder: string): Promise<StackReport[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    // A run that failed early has left no artifact.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  if (files.length > mostReports)
    throw new Error(`expected at most ${mostReports} reports, got ${files.length}`);
  const reports = await Promise.all(files.map(({ name }) => readReport(join(folder, name))));
  return reports.sort((a, b) => a.stack.localeCompare(b.stack));
}

async function readReport(path: string): Promise<StackReport> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > largestReport)
      throw new Error(`expected a report of at most ${largestReport} bytes, got ${size}`);
    return parseReport(await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}
