import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Stored {
  id: number;
  body: string;
  user: { login: string };
}

/** As much of GitHub as the comment needs, with its pages of a hundred. */
export async function startGitHub(pulls: readonly unknown[], comments: Stored[]) {
  const requests: { method: string; path: string; token?: string }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const method = request.method ?? "";
    requests.push({ method, path: `${url.pathname}${url.search}`, token: request.headers.authorization });
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const answer = handle(method, url, text === "" ? undefined : (JSON.parse(text) as { body: string }));
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { message: "Not Found" }));
    });
  });

  function handle(method: string, url: URL, sent: { body: string } | undefined): unknown {
    const [page = 1, size = 30] = ["page", "per_page"].map((name) => Number(url.searchParams.get(name)));
    const paged = (all: readonly unknown[]) => all.slice((page - 1) * size, page * size);
    const { pathname } = url;
    if (method === "GET" && pathname === "/repos/acme/platform/pulls") {
      const head = url.searchParams.get("head");
      return paged(pulls.filter((pull: any) => `${pull.head.user.login}:${pull.head.ref}` === head));
    }
    if (method === "GET" && pathname === "/repos/acme/platform/issues/7/comments") return paged(comments);
    if (method === "POST" && pathname === "/repos/acme/platform/issues/7/comments") {
      comments.push({
        id: 1000 + comments.length,
        body: sent?.body ?? "",
        user: { login: "github-actions[bot]" },
      });
      return comments.at(-1);
    }
    const found = comments.find(({ id }) => pathname === `/repos/acme/platform/issues/comments/${id}`);
    if (method === "PATCH" && found) return Object.assign(found, sent);
    return undefined;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { apiUrl, requests, comments, stop: () => void server.close() };
}
