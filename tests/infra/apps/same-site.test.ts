import assert from "node:assert/strict";
import { isSameSite } from "../../../infra/apps/same-site.js";

const page = "https://chat.example.org";

describe("infra/apps/same-site", () => {
  for (const [server, expected, why] of [
    ["https://chat-server.example.org", true, "they share a domain"],
    ["https://server.chat.example.org:8443", true, "a port and more names make no other site"],
    ["https://example.org", true, "one is the domain"],
    ["http://chat-server.example.org", false, "the scheme is another"],
    ["https://chat-server.example.com", false, "the domain is another"],
    ["https://chat.myexample.org", false, "a name only ends alike"],
  ] as const) {
    it(`${expected ? "takes" : "does not take"} ${server} for the site of ${page}: ${why}`, () => {
      assert.equal(isSameSite(page, server), expected);
      assert.equal(isSameSite(server, page), expected);
    });
  }
});
