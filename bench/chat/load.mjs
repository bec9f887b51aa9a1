// People in one room of a chat on several servers of this machine: each in turn sends a message, so many a second.
// Called as: load.mjs MESSAGES PER_SECOND PEOPLE VISITORS PORT…, where VISITORS is who comes a second and soon leaves.
// Prints {"delivered", "expected", "refused", "wallSec", "p50Ms", "p99Ms"}. Speaks Socket.io's protocol itself: with
// its client this program, not the servers, would be what is measured.
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

const [messages, perSecond, people, visitors, ...ports] = process.argv.slice(2).map(Number);
const room = "lobby";
const stayMs = 2000;
const patienceMs = 60_000;
const padding = "with some words about it. ".repeat(4);
/** Who keeps the time between sending and delivery; it costs more than counting. */
const timekeepers = 4;

let delivered = 0;
let refused = 0;
const latencies = [];

/** Resolves when the person is in the room. */
function enter(index, isCounted) {
  return new Promise((resolve, reject) => {
    const port = ports[index % ports.length];
    const address = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const keepsTime = isCounted && index < timekeepers;
    socket.on("error", reject);
    socket.on("message", (data) => {
      // Engine.IO's type, then Socket.io's: an event begins with 42["name".
      const [type, kind] = data;
      if (type === 0x34 && kind === 0x32) {
        if (isCounted && data[4] === 0x6d) delivered += 1;
        if (keepsTime && data[4] === 0x6d) noteLatency(data);
      } else if (type === 0x34 && kind === 0x33) {
        if (data.includes('"ok":false')) refused += 1;
        if (data[2] === 0x30) resolve(socket);
      } else if (type === 0x30) {
        socket.send(`40${JSON.stringify({ secret: randomUUID(), nickname: `person ${index}` })}`);
      } else if (type === 0x34 && kind === 0x30) {
        socket.send(`420${JSON.stringify(["join", { room }])}`);
      } else if (type === 0x32) {
        socket.send("3");
      }
    });
  });
}

function noteLatency(data) {
  const since = /"text":"([\d.]+) /.exec(data.toString("latin1"))?.[1];
  latencies.push(performance.now() - Number(since));
}

function send(socket, count) {
  const text = `${performance.now()} ${padding}`;
  // Acknowledgement 0 is the joining's.
  socket.send(`42${count + 1}${JSON.stringify(["send", { room, id: randomUUID(), text }])}`);
}

async function comeAndGo(isOver) {
  for (let index = people; !isOver(); index++) {
    await sleep(1000 / visitors);
    void visit(index);
  }
}

async function visit(index) {
  const socket = await enter(index, false);
  await sleep(stayMs);
  socket.close();
}

const sockets = [];
for (let index = 0; index < people; index++) sockets.push(await enter(index, true));
await sleep(1000);
delivered = 0;
let isOver = false;
if (visitors > 0) void comeAndGo(() => isOver);

const started = performance.now();
for (let count = 0; count < messages;) {
  const due = Math.min(messages, Math.ceil(((performance.now() - started) / 1000) * perSecond));
  for (; count < due; count++) send(sockets[count % people], count);
  await sleep(2);
}
const expected = messages * people;
while (delivered < expected && performance.now() - started < patienceMs) await sleep(2);
const wallSec = (performance.now() - started) / 1000;
isOver = true;
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.ceil(latencies.length * share) - 1];
console.log(JSON.stringify({ delivered, expected, refused, wallSec, p50Ms: at(0.5), p99Ms: at(0.99) }));
process.exit();
