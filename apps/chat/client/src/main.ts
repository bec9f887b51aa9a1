import type { Presence } from "../../server/src/events.js";
import { ChatClient, type ConnectionState } from "./chat-client.js";
import { loadConfig } from "./config.js";
import { connect } from "./connect.js";
import { Identity } from "./identity.js";
import { browserStorage, Keeper } from "./keeper.js";
import type { Pending } from "./outbox.js";
import { Places, FIRST_ROOM } from "./places.js";
import { RoomView } from "./room-view.js";
import { Sidebar } from "./sidebar.js";
import { element, option, peopleItems } from "./view.js";
import { peopleHere, roomFromHash, titleOf } from "./words.js";

const CONNECTIONS: Record<ConnectionState, string> = {
  connecting: "Connecting…",
  online: "",
  reconnecting: "Connecting again… What you write is kept and sent afterwards.",
};

const title = element("room-title", HTMLElement);
const connection = element("connection", HTMLElement);
const people = element("people", HTMLElement);
const showPeople = element("show-people", HTMLButtonElement);
const leaveButton = element("leave", HTMLButtonElement);
const text = element("text", HTMLTextAreaElement);
const introduceDialog = element("introduce", HTMLDialogElement);
const introduceForm = introduceDialog.querySelector("form") as HTMLFormElement;
const nickname = element("nickname", HTMLInputElement);
const nicknameProblem = element("introduce-problem", HTMLElement);

const keeper = new Keeper(browserStorage());
const identity = new Identity(keeper);
const places = new Places(keeper);
const presences = new Map<string, Presence>();
const me = identity.id;
let room = FIRST_ROOM;

const socket = connect((await loadConfig()).serverUrl, { introduction: () => identity.introduction() });
const chat = new ChatClient({
  socket,
  keeper,
  listeners: {
    onConnection: showConnection,
    onMessages(changed) {
      places.meet(changed, chat.timelineOf(changed).last);
      if (changed === room) view.update(chat.timelineOf(room));
      showUnread();
    },
    onPresence(presence) {
      presences.set(presence.room, presence);
      if (presence.room === room) showPresence();
    },
    onPending(changed) {
      if (changed === room) view.showPending(chat.pendingOf(room));
    },
    onRefused(reason) {
      introduce(reason);
    },
  },
});
const view = new RoomView({
  me,
  onOlder: async () => {
    if (await chat.showOlder(room)) view.update(chat.timelineOf(room));
  },
  onRead(seq) {
    places.read(room, seq);
    showUnread();
  },
  onDiscard: (pending) => {
    chat.discard(pending);
  },
  onEdit: edit,
});
const sidebar = new Sidebar({
  places,
  onEnter: enter,
  onName: () => {
    introduce();
  },
});

element("say", HTMLFormElement).addEventListener("submit", say);
text.addEventListener("keydown", (event) => {
  // While a word is being composed, Enter chooses it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) say(event);
});
leaveButton.addEventListener("click", leave);
showPeople.addEventListener("click", () => {
  people.hidden = !people.hidden;
  showPeople.ariaExpanded = String(!people.hidden);
});
introduceForm.addEventListener("submit", introduced);
introduceDialog.addEventListener("cancel", (event) => {
  if (identity.nickname === "") event.preventDefault();
});
window.addEventListener("hashchange", () => {
  openRoom(roomFromHash(location.hash) || FIRST_ROOM);
});

for (const known of places.rooms) chat.enter(known);
showConnection("connecting");
openRoom(roomFromHash(location.hash) || FIRST_ROOM);
sidebar.showName(identity.nickname);
if (identity.nickname === "") introduce();
else socket.connect();

function enter(name: string): boolean {
  if (!places.add(name)) return false;
  chat.enter(name);
  location.hash = name;
  return true;
}

function openRoom(name: string): void {
  room = places.add(name) ? name : FIRST_ROOM;
  chat.enter(room);
  title.textContent = `# ${room}`;
  leaveButton.hidden = room === FIRST_ROOM;
  text.placeholder = `Say something in #${room}`;
  view.open(chat.timelineOf(room));
  view.showPending(chat.pendingOf(room));
  showPresence();
  showUnread();
  sidebar.close();
}

function leave(): void {
  const left = room;
  location.hash = FIRST_ROOM;
  places.remove(left);
  void chat.leave(left);
  showUnread();
  title.focus();
}

function say(event: Event): void {
  event.preventDefault();
  if (text.value.trim() !== "") {
    chat.say(room, text.value.trim());
    text.value = "";
  }
  text.focus();
}

function edit(pending: Pending): void {
  text.value = pending.text;
  chat.discard(pending);
  text.focus();
}

/** Asks for a name, or for another one when the server did not take the last. */
function introduce(problem = ""): void {
  nickname.value = identity.nickname;
  nicknameProblem.textContent = problem;
  nicknameProblem.hidden = problem === "";
  if (!introduceDialog.open) introduceDialog.showModal();
}

function introduced(): void {
  const name = nickname.value.trim();
  identity.nickname = name;
  sidebar.showName(name);
  if (!socket.active) socket.connect();
  else
    void chat.rename(name).then((answer) => {
      if (!answer.ok && answer.error.code === "invalid") introduce(answer.error.message);
    });
}

function showConnection(state: ConnectionState): void {
  connection.textContent = CONNECTIONS[state];
  connection.hidden = state === "online";
  if (state === "online") void suggestRooms();
}

async function suggestRooms(): Promise<void> {
  const answer = await chat.rooms();
  if (answer.ok) sidebar.suggest(answer.value.map((summary) => option(summary.room)));
}

function showPresence(): void {
  const presence = presences.get(room) ?? { room, count: 0, people: [] };
  showPeople.textContent = presence.count > 0 ? peopleHere(presence.count) : "";
  element("people-count", HTMLElement).textContent = peopleHere(presence.count);
  element("people-list", HTMLUListElement).replaceChildren(...peopleItems(presence, me));
}

function showUnread(): void {
  const unread = new Map(places.rooms.map((name) => [name, places.unread(name, chat.timelineOf(name).last)]));
  sidebar.show(room, unread);
  document.title = titleOf(
    room,
    [...unread.values()].reduce((sum, count) => sum + count, 0),
  );
}
