import { z } from "zod";

export interface PullRequest {
  readonly number: number;
}

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

export interface GitHubArgs {
  /** Such as "https://api.github.com". */
  readonly apiUrl: string;

  /** Such as "acme/platform". */
  readonly repository: string;

  /** May write to pull requests. */
  readonly token: string;
}

const owner = z.object({ login: z.string() });
const repositoryOf = z.object({ full_name: z.string(), owner });

/** What GitHub says about a run that has ended. None of it is written by the run. */
export const workflowRunEvent = z.object({
  workflow_run: z.object({
    event: z.string(),
    html_url: z.url({ protocol: /^https?$/ }),
    head_sha: z.string().regex(/^[0-9a-f]{40}$/),
    head_branch: z.string(),
    head_repository: repositoryOf,
  }),
  repository: repositoryOf,
});
export type WorkflowRunEvent = z.infer<typeof workflowRunEvent>;

const pullRequests = z.array(
  z.object({
    number: z.int(),
    head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
    base: z.object({ repo: z.object({ full_name: z.string() }) }),
  }),
);
const comments = z.array(
  z.object({ id: z.int(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }),
);

const pageSize = 100;
const mostPages = 50;

/** As much of GitHub's REST API as the comment needs. */
export class GitHub {
  private readonly args: GitHubArgs;

  constructor(args: GitHubArgs) {
    this.args = args;
  }

  /**
   * The open pull request whose newest commit the run was for. GitHub does not name it for a fork's run, so it is
   * looked for by the branch; of one that has moved on, the next run tells.
   */
  async pullRequestOf({ workflow_run: run }: WorkflowRunEvent): Promise<PullRequest | undefined> {
    const head = `${run.head_repository.owner.login}:${run.head_branch}`;
    const found = await this.list("/pulls", { state: "open", head }, pullRequests);
    return found.find(
      (pull) =>
        pull.head.sha === run.head_sha &&
        pull.head.repo?.full_name === run.head_repository.full_name &&
        pull.base.repo.full_name === this.args.repository,
    );
  }

  async comments({ number }: PullRequest): Promise<Comment[]> {
    const found = await this.list(`/issues/${number}/comments`, {}, comments);
    return found.map(({ id, body, user }) => ({ id, author: user?.login ?? "", body: body ?? "" }));
  }

  async createComment({ number }: PullRequest, body: string): Promise<void> {
    await this.request("POST", `/issues/${number}/comments`, { body });
  }

  async updateComment({ id }: Comment, body: string): Promise<void> {
    await this.request("PATCH", `/issues/comments/${id}`, { body });
  }

  private async list<T>(path: string, query: Record<string, string>, schema: z.ZodType<T[]>): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; page <= mostPages; page++) {
      const parameters = new URLSearchParams({ ...query, per_page: String(pageSize), page: String(page) });
      const items = schema.parse(await this.request("GET", `${path}?${parameters.toString()}`));
      all.push(...items);
      if (items.length < pageSize) break;
    }
    return all;
  }

  private async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const { apiUrl, repository, token } = this.args;
    const response = await fetch(`${apiUrl}/repos/${repository}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    }
    return JSON.parse(text) as unknown;
  }
}
