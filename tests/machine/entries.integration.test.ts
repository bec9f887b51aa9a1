import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { type IncomingMessage, type RequestListener, type Server, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type * as Certificates from "../../machine/certificates.js";
import type * as Entries from "../../machine/entries.js";
import { defaultSettings } from "../../machine/layout.js";
import { Checkout } from "../support/checkout.js";

describe("machine/entries", () => {
  const settings = { ...defaultSettings, nodes: 1 };
  const servers: Server[] = [];
  let checkout: Checkout;
  let entries: typeof Entries;
  before(async () => {
    checkout = new Checkout();
    entries = await checkout.load<typeof Entries>("machine/entries");
    const { createCertificates } = await checkout.load<typeof Certificates>("machine/certificates");
    await createCertificates(settings);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
    rmSync(checkout.path(".local/ca.pem"), { force: true });
  });
  after(() => {
    checkout.remove();
  });

  async function listen(server: Server): Promise<number> {
    servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  const pki = (name: string) => readFileSync(checkout.path(".local/pki", name), "utf8");
  const secure = (listener: RequestListener) =>
    createTlsServer({ cert: pki("kube-apiserver.crt"), key: pki("kube-apiserver.key") }, listener);
  const ok: RequestListener = (_, response) => response.end("here");
  const trust = (authority: string) => {
    copyFileSync(checkout.path(".local/pki", authority), checkout.path(".local/ca.pem"));
  };

  describe("statusOf", () => {
    it("asks 127.0.0.1 under the app's own name, as the Ingress controller tells apps apart", async () => {
      const seen: IncomingMessage[] = [];
      const port = await listen(
        createServer((request, response) => {
          seen.push(request);
          response.writeHead(204).end();
        }),
      );
      assert.equal(await entries.statusOf(`http://journal.localhost:${port}/some/page`), 204);
      assert.deepEqual(
        seen.map(({ url, headers }) => [url, headers.host]),
        [["/some/page", `journal.localhost:${port}`]],
      );
    });

    it("trusts, besides what this machine does, the ACME server's root and nothing else", async () => {
      const url = `https://localhost:${await listen(secure(ok))}/`;
      await assert.rejects(entries.statusOf(url), /certificate/);
      trust("etcd-ca.crt");
      await assert.rejects(entries.statusOf(url), /certificate/);
      trust("ca.crt");
      assert.equal(await entries.statusOf(url), 200);
    });

    it("refuses a certificate that is for another name", async () => {
      trust("ca.crt");
      const port = await listen(secure(ok));
      await assert.rejects(entries.statusOf(`https://journal.localhost:${port}/`), /altnames/);
    });
  });

  describe("answers", () => {
    it("is true for 200 and for an app that asks for a secret, and false rather than an error where nobody listens", async () => {
      let status = 200;
      const port = await listen(createServer((_, response) => response.writeHead(status).end()));
      const url = `http://journal.localhost:${port}/`;
      assert.equal(await entries.answers(url), true);
      status = 401;
      assert.equal(await entries.answers(url), true);
      for (status of [204, 301, 404, 503]) assert.equal(await entries.answers(url), false, String(status));
      const [server] = servers.splice(0);
      server?.closeAllConnections();
      server?.close();
      assert.equal(await entries.answers(url), false);
    });
  });

  describe("waitForEntries", () => {
    it("tells what is in the way until every app answers", async () => {
      let asked = 0;
      const port = await listen(
        createServer((_, response) => response.writeHead(asked++ === 0 ? 502 : 200).end()),
      );
      const lines: string[] = [];
      await entries.waitForEntries({ journal: `http://journal.localhost:${port}/` }, (line) =>
        lines.push(line),
      );
      assert.deepEqual(lines, ["journal: status 502"]);
    });

    it("gives up after three minutes, and names the app, the problem and the logs", async () => {
      const port = await listen(createServer((_, response) => response.writeHead(503).end()));
      const url = `http://journal.localhost:${port}/`;
      const now = Date.now;
      let calls = 0;
      Date.now = () => now() + (calls++ === 0 ? 0 : 181_000);
      try {
        await assert.rejects(
          entries.waitForEntries({ journal: url }, () => undefined),
          {
            message: `journal does not answer at ${url}: status 503; see "npm run logs -- journal"`,
          },
        );
      } finally {
        Date.now = now;
      }
    });

    it("has new certificates made when those that there are come from another root for long", async () => {
      checkout.fakeProgram(
        "kubectl",
        `echo "$*" >> "${checkout.path("calls")}"; cp "${checkout.path(".local/pki/ca.crt")}" "${checkout.path(".local/ca.pem")}"`,
      );
      trust("etcd-ca.crt");
      const url = `https://localhost:${await listen(secure(ok))}/`;
      const now = Date.now;
      let calls = 0;
      Date.now = () => now() + 25_000 * calls++;
      try {
        await entries.waitForEntries({ journal: url }, () => undefined);
      } finally {
        Date.now = now;
      }
      const kubectl = readFileSync(checkout.path("calls"), "utf8").trim().split("\n");
      assert.equal(kubectl.length, 1);
      assert.match(kubectl[0] ?? "", /rollout restart deployment\/traefik$/);
    });
  });
});
