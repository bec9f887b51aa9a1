// Sends so many requests over so many connections to a server of this machine, one after the other on each.
// Called as: load.mjs MODULE PORT OPERATION COUNT CONNECTIONS; prints {"answered", "failed", "wallSec", "p50Ms", "p99Ms"}.
// The module's requestFor(operation, port) gives a function that makes each request, and what a good answer begins with.
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

const [module, portText, operation, ...counts] = process.argv.slice(2);
const [port, count, connections] = [portText, ...counts].map(Number);
const longestSec = 60;

const { requestFor } = await import(pathToFileURL(module));
const { make, wanted } = requestFor(operation, port);
const headEnd = Buffer.from("\r\n\r\n");

let sent = 0;
let failed = 0;
const latencies = [];

function runConnection() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = Buffer.alloc(0);
    let since = 0;
    const next = () => {
      if (sent === count || performance.now() - started > longestSec * 1000) {
        socket.end();
        resolve();
        return;
      }
      sent += 1;
      since = performance.now();
      socket.write(make());
    };
    socket.setNoDelay(true).on("connect", next).on("error", reject);
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf(headEnd);
      if (end === -1) return;
      const headers = received.toString("latin1", 0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1]);
      if (Number.isNaN(length)) reject(new Error(`no length in ${headers}`));
      if (received.length < end + headEnd.length + length) return;
      latencies.push(performance.now() - since);
      if (!headers.startsWith(wanted.head) || received.indexOf(wanted.body ?? "", end) === -1) failed += 1;
      received = Buffer.alloc(0);
      next();
    });
  });
}

const started = performance.now();
await Promise.all(Array.from({ length: connections }, runConnection));
const wallSec = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.ceil(latencies.length * share) - 1];
console.log(JSON.stringify({ answered: latencies.length, failed, wallSec, p50Ms: at(0.5), p99Ms: at(0.99) }));
