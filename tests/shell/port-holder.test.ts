import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { listeningSocket, portHolder } from "../../shell/port-holder.js";

describe("shell/port-holder", () => {
  describe("listeningSocket", () => {
    const head =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const row = (address: string, state: string) =>
      `${head}   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0\n`;
    const zeros = "0".repeat(24);

    it("finds who listens on 127.0.0.1 or on every address", () => {
      for (const address of ["0100007F", "00000000", `${zeros}00000000`, "0000000000000000FFFF00000100007F"])
        assert.equal(listeningSocket(row(`${address}:1F90`, "0A"), 8080), "4711", address);
    });

    it("passes over other ports, other addresses and connections", () => {
      assert.equal(listeningSocket(row("0100007F:1F91", "0A"), 8080), undefined);
      assert.equal(listeningSocket(row("0200000A:1F90", "0A"), 8080), undefined);
      assert.equal(listeningSocket(row(`${zeros}01000000:1F90`, "0A"), 8080), undefined);
      assert.equal(listeningSocket(row("0100007F:1F90", "01"), 8080), undefined);
      assert.equal(listeningSocket(head, 8080), undefined);
    });
  });

  it("names the process that holds a port, unless it is one of ours", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      assert.match(portHolder(port) ?? "", RegExp(`^process ${process.pid} \\(.+\\)$`));
      assert.equal(
        portHolder(port, () => [process.pid]),
        undefined,
      );
    } finally {
      server.close();
      await once(server, "close");
    }
    assert.equal(portHolder(port), undefined);
  });
});
