// Leads connections from a socket of this machine to an address of the cluster's network, in which it is started.
// Called as: relay.mjs SOCKET ADDRESS PORT. Ends when whoever started it closes its input, or ends itself.
import { connect, createServer } from "node:net";

const [, , path, address, port] = process.argv;

const server = createServer((near) => {
  const far = connect(Number(port), address);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.pipe(other);
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
});
server.listen(path, () => console.log("listening"));
process.stdin.resume().on("end", () => process.exit());
