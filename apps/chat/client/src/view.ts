import type { Message, Person, Presence } from "../../server/src/events.js";
import type { Pending } from "./outbox.js";
import { badgeOf, colourOf, dayOf, timeOf } from "./words.js";

const COLOURS = 8;
/** Messages of one person that follow each other within this time stand under one name. */
const GROUPED_MS = 5 * 60_000;

/** The element with this id, of the kind that the page was written with. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`index.html has no ${kind.name} with id "${id}"`);
  }
  return found;
}

/** Everything that people wrote goes in as text, never as markup. */
function create<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A message below the one before it: with the day when it is another one, and the name when somebody else speaks. */
export function messageItem(message: Message, before: Message | undefined, mine: boolean): HTMLLIElement {
  const sentAt = new Date(message.sentAt);
  const day = dayOf(sentAt, new Date());
  const item = create("li", mine ? "message mine" : "message");
  item.dataset.seq = String(message.seq);
  const isNewDay = !before || dayOf(new Date(before.sentAt), new Date()) !== day;
  if (isNewDay) item.append(create("p", "day", day));

  const time = create("time", "", timeOf(sentAt));
  time.dateTime = message.sentAt;
  time.title = sentAt.toLocaleString();
  const name = create(
    "strong",
    `name colour-${colourOf(message.author.id, COLOURS)}`,
    message.author.nickname,
  );
  const header = create("p", "by");
  header.append(name, time);
  if (!isNewDay && continues(message, before)) header.classList.add("visually-hidden");
  item.append(header, create("p", "text", message.text));
  return item;
}

function continues({ author, sentAt }: Message, before: Message): boolean {
  const gap = Date.parse(sentAt) - Date.parse(before.sentAt);
  return gap < GROUPED_MS && author.id === before.author.id && author.nickname === before.author.nickname;
}

export interface PendingActions {
  readonly onDiscard: (pending: Pending) => void;
  readonly onEdit: (pending: Pending) => void;
}

export function pendingItem(pending: Pending, { onDiscard, onEdit }: PendingActions): HTMLLIElement {
  const item = create("li", "message mine");
  item.append(create("p", "text", pending.text));
  if (pending.refused === undefined) {
    item.append(create("p", "state", "Sending…"));
    return item;
  }
  item.classList.add("refused");
  item.append(create("p", "state problem", `Not sent: ${pending.refused}`));
  const actions = create("p", "row");
  for (const [label, action] of [
    ["Edit", onEdit],
    ["Discard", onDiscard],
  ] as const) {
    const button = create("button", "", label);
    button.type = "button";
    button.addEventListener("click", () => {
      action(pending);
    });
    actions.append(button);
  }
  item.append(actions);
  return item;
}

export function roomItem(room: string, isCurrent: boolean, unread: number): HTMLLIElement {
  const link = create("a", unread > 0 ? "unread" : "", `# ${room}`);
  link.href = `#${room}`;
  if (isCurrent) link.setAttribute("aria-current", "page");
  if (unread > 0) {
    const badge = create("span", "badge", badgeOf(unread));
    badge.append(create("span", "visually-hidden", " unread"));
    link.append(" ", badge);
  }
  const item = create("li");
  item.append(link);
  return item;
}

export function peopleItems({ count, people }: Presence, me: string | undefined): HTMLLIElement[] {
  const items = people.map((person) => personItem(person, person.id === me));
  const others = count - people.length;
  return others > 0 ? [...items, create("li", "quiet", `and ${others.toLocaleString("en")} more`)] : items;
}

function personItem({ id, nickname }: Person, isMe: boolean): HTMLLIElement {
  const item = create("li", `colour-${colourOf(id, COLOURS)}`, nickname);
  if (isMe) item.append(create("span", "quiet", " (you)"));
  return item;
}

export function option(value: string): HTMLOptionElement {
  const made = create("option");
  made.value = value;
  return made;
}
