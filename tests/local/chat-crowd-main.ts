import { setTimeout as sleep } from "node:timers/promises";
import { Guest } from "./chat-guest.js";
import type { CrowdReport } from "./chat-report.js";

/** Each guest's pause between two messages, and how far it varies. */
const PAUSE_MS = 10_000;
const PATIENCE_MS = 90_000;

const [url = "", run = "", guestCount = "", roomCount = ""] = process.argv.slice(2);

const guests = Array.from({ length: Number(guestCount) }, (_, index) => {
  const room = `${run}-${index % Number(roomCount)}`;
  return new Guest({ url, nickname: `guest ${index}`, room, transports: ["websocket"] });
});
const rooms = [...new Set(guests.map(({ room }) => room))];
const inRoom = (room: string) => guests.filter((guest) => guest.room === room);
/** Place of the last message that anybody in a room has been shown. */
const headOf = (room: string) => Math.max(...inRoom(room).map((guest) => guest.shown.at(-1)?.seq ?? 0));
const awayNow = () => guests.filter(({ socket }) => !socket.connected).length;

/** Every message since the beginning, by its room. */
const written = new Map(rooms.map((room) => [room, [] as string[]]));
let writing = false;
let report = emptyReport();
let deliveredBefore = 0;

function emptyReport() {
  return { written: 0, breaks: 0, mostAway: 0, gapsMs: [] as number[], replaysMs: [] as number[] };
}

function observe(guest: Guest): void {
  let left = 0;
  let back: { at: number; head: number } | undefined;
  guest.onState = (state) => {
    if (state === "reconnecting" && left === 0) {
      left = Date.now();
      report.breaks++;
      report.mostAway = Math.max(report.mostAway, awayNow());
    }
    if (state !== "online" || left === 0) return;
    report.gapsMs.push(Date.now() - left);
    left = 0;
    // Who breaks off in the middle of a replay has been waiting since it began.
    back = { at: back?.at ?? Date.now(), head: headOf(guest.room) };
    shown();
  };
  guest.onShown = shown;

  function shown(): void {
    if (back === undefined || (guest.shown.at(-1)?.seq ?? 0) < back.head) return;
    report.replaysMs.push(Date.now() - back.at);
    back = undefined;
  }
}

async function write(guest: Guest): Promise<void> {
  for (let number = 0; ;) {
    await sleep(PAUSE_MS * (0.5 + Math.random()));
    if (!writing) continue;
    const text = `${guest.nickname}: ${++number}`;
    written.get(guest.room)?.push(text);
    report.written++;
    guest.say(text);
  }
}

/** Waits until it is so, or for as long as anybody can be asked to; what is counted then tells the difference. */
async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isSo() && Date.now() < end;) await sleep(50);
}

async function settle(): Promise<CrowdReport> {
  writing = false;
  await until(() => awayNow() === 0 && guests.every(({ waiting }) => waiting === 0));
  await until(() => guests.every((guest) => guest.shown.length >= (written.get(guest.room)?.length ?? 0)));
  await sleep(500); // What comes twice comes late.
  const counts = guests.map(countsOf);
  const sum = (of: (count: (typeof counts)[number]) => number) =>
    counts.reduce((total, count) => total + of(count), 0);
  const settled = {
    ...report,
    guests: guests.length,
    unacknowledged: guests.reduce((total, { waiting }) => total + waiting, 0),
    delivered: sum(({ delivered }) => delivered) - deliveredBefore,
    missing: sum(({ missing }) => missing),
    duplicates: sum(({ duplicates }) => duplicates),
    disordered: sum(({ disordered }) => disordered),
    changed: guests.reduce((total, { changes }) => total + changes, 0),
    away: awayNow(),
  };
  report = emptyReport();
  deliveredBefore += settled.delivered;
  return settled;
}

function countsOf(guest: Guest) {
  const expected = written.get(guest.room) ?? [];
  const { texts } = guest;
  const different = new Set(texts);
  const delivered = expected.filter((text) => different.has(text)).length;
  const reference = inRoom(guest.room)[0]?.texts ?? [];
  const last = new Map<string, number>();
  let disordered = 0;
  for (const [index, text] of texts.entries()) {
    const [writer = "", number = ""] = text.split(": ");
    if (Number(number) <= (last.get(writer) ?? 0) || reference[index] !== text) disordered++;
    last.set(writer, Number(number));
  }
  return {
    delivered,
    missing: expected.length - delivered,
    duplicates: texts.length - different.size,
    disordered,
  };
}

/** Each guest's connection as often as is said, eight to fourteen seconds after it was cut last, if it is back then. */
async function cut(times: number): Promise<void> {
  await Promise.all(
    guests.map(async ({ agent, socket }) => {
      for (let count = 0; count < times; count++) {
        await sleep(8000 + Math.random() * 6000);
        await until(() => socket.connected);
        agent.cut();
      }
    }),
  );
}

const answers: Record<string, (value: number) => unknown> = {
  enter: async () => {
    for (const guest of guests) {
      guest.enter();
      await sleep(10);
    }
    await until(() => guests.every(({ joined }) => joined));
    for (const guest of guests) {
      observe(guest);
      void write(guest);
    }
    return guests.filter(({ joined }) => joined).length;
  },
  write: () => (writing = true),
  cut,
  away: awayNow,
  written: () => report.written,
  settle,
};

process.on("message", ({ id, question, value }: { id: number; question: string; value: number }) => {
  void (async () => {
    process.send?.({ id, answer: await answers[question]?.(value) });
  })();
});
// Whoever started this is gone.
process.on("disconnect", () => process.exit());
