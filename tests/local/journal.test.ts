import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect, type PeerCertificate } from "node:tls";
import { join } from "node:path";
import { parse } from "yaml";
import { paths, repository } from "../../shell/paths.js";
import { add, list, read, remove, type Entry } from "./entries.js";
import { call, settings, status, urlOf } from "./platform.js";

/** Shakes hands with the journal's entry; rejects when its certificate does not verify. */
function certificateOf(servername: string, ca?: Buffer): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: settings().httpsPort, servername, ca }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("the journal through its entry", () => {
  it("runs on three nodes in three zones, all ready", async () => {
    const { nodes, apps } = await status();
    assert.deepEqual(
      nodes.map(({ zone, ready }) => [zone, ready]),
      [
        ["local-a", true],
        ["local-b", true],
        ["local-c", true],
      ],
    );
    assert.deepEqual(
      apps.map(({ name, url, ready }) => [name, url, ready]).sort(),
      ["chat", "journal", "prisma"].map((app) => [app, urlOf(app), true]),
    );
  });

  for (const protocol of ["http", "https"] as const) {
    it(`answers over ${protocol}, page and API`, async () => {
      const page = await call(urlOf("journal", protocol));
      assert.equal(page.status, 200);
      assert.match(page.body, /<title>Journal<\/title>/);
      const api = await call(`${urlOf("journal", protocol)}/api/entries`);
      assert.equal(api.status, 200);
      assert.match(String(api.headers["content-type"]), /^application\/json/);
    });
  }

  it("shows a certificate of the ACME server for its name, which the printed authority vouches for", async () => {
    const { subjectaltname, issuer } = await certificateOf("journal.localhost", readFileSync(paths.acmeRoot));
    assert.equal(subjectaltname, "DNS:journal.localhost");
    assert.match(issuer.CN, /^Pebble Intermediate CA/);
  });

  it("shows a certificate that nobody trusts who was not given the printed authority", async () => {
    await assert.rejects(certificateOf("journal.localhost"), {
      code: /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
    });
  });

  it("keeps an entry that was added, shows it first, and forgets it when it is deleted", async () => {
    const { id } = await add("written through the entry");
    assert.equal((await list()).entries[0]?.id, id);
    assert.equal(await read(id), "written through the entry");
    await remove(id);
    assert.equal(await read(id), undefined);
  });

  it("pages by as many entries as the stack file says, newest first", async () => {
    const stack = parse(readFileSync(join(repository, "Pulumi.local.yaml"), "utf8"));
    const pageSize: number = stack.config["slipway:journal"].journalEntries;
    const written: Entry[] = [];
    for (let count = 0; count <= pageSize; count++) written.push(await add(`entry ${count}`));
    const newestFirst = written.map(({ id }) => id).reverse();

    const [first, second] = [await list(1), await list(2)];
    assert.equal(first.pageSize, pageSize);
    assert.deepEqual(
      first.entries.map(({ id }) => id),
      newestFirst.slice(0, pageSize),
    );
    assert.equal(second.entries[0]?.id, newestFirst[pageSize]);
    assert.equal(first.pages, Math.ceil(first.total / pageSize));
    assert.deepEqual((await list(first.pages + 1)).entries, []);
    await remove(...newestFirst);
  });

  it("guards its page with a policy that allows nothing but its own files", async () => {
    const { headers, body } = await call(urlOf("journal"));
    const policy = String(headers["content-security-policy"]).split("; ");
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(policy.includes(rule), `expected ${rule} in ${policy.join("; ")}`);
    }
    assert.doesNotMatch(policy.join(), /unsafe|\*/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    assert.equal(headers["cache-control"], "no-cache");
    assert.doesNotMatch(String(headers.server), /\d/, "the server tells its version");
    assert.doesNotMatch(body, /<script(?! src=)|<style|\son\w+=/, "the page has inline code");
  });

  it("serves assets that may be kept for ever, and answers of the API that may not be kept at all", async () => {
    const { body } = await call(urlOf("journal"));
    const assets = [...body.matchAll(/"(\/(?:main|style)-[0-9A-Z]{8}\.(?:js|css))"/g)].map(
      ([, path]) => path ?? "",
    );
    assert.equal(assets.length, 2);
    for (const path of assets) {
      const asset = await call(`${urlOf("journal")}${path}`);
      assert.equal(asset.status, 200);
      assert.equal(asset.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    const { headers } = await call(`${urlOf("journal")}/api/entries`);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["x-content-type-options"], "nosniff");
  });

  it("does not know another host's name, and does not show the frontend's metrics", async () => {
    for (const protocol of ["http", "https"] as const) {
      const stranger = await call(urlOf("journal", protocol), "GET", undefined, {
        headers: { host: "nobody.localhost" },
      });
      assert.equal(stranger.status, 404);
    }
    assert.equal((await call(`${urlOf("journal")}/metrics`)).status, 404);
  });
});
