import type { Message } from "../../server/src/events.js";
import type { Pending } from "./outbox.js";
import { element, messageItem, type PendingActions, pendingItem } from "./view.js";
import type { Timeline } from "./timeline.js";
import { newMessages } from "./words.js";

/** So near to the end that new messages should scroll into view by themselves. */
const NEAR_PX = 80;

export interface RoomViewOptions extends PendingActions {
  /** The id of this page's person. */
  readonly me: string;
  readonly onOlder: () => Promise<void>;
  /** The newest message is in view. */
  readonly onRead: (seq: number) => void;
}

/** The messages of the room that is open. */
export class RoomView {
  readonly #options: RoomViewOptions;
  readonly #scroller = element("scroller", HTMLElement);
  readonly #list = element("messages", HTMLOListElement);
  readonly #pending = element("pending", HTMLOListElement);
  readonly #older = element("older", HTMLButtonElement);
  readonly #empty = element("empty", HTMLElement);
  readonly #toEnd = element("to-end", HTMLButtonElement);
  #shown: readonly Message[] = [];
  #unseen = 0;

  constructor(options: RoomViewOptions) {
    this.#options = options;
    this.#older.addEventListener("click", () => void this.#showOlder());
    this.#toEnd.addEventListener("click", () => {
      this.#scrollToEnd();
      this.#scroller.focus({ preventScroll: true });
    });
    this.#scroller.addEventListener("scroll", () => {
      if (this.#isNearEnd()) this.#read();
    });
    document.addEventListener("visibilitychange", () => {
      if (this.#isNearEnd()) this.#read();
    });
  }

  /** Another room: nothing of the last one stays. */
  open(timeline: Timeline): void {
    this.#shown = [];
    this.#unseen = 0;
    this.#list.replaceChildren();
    // A whole page that appears is not news to be read out.
    this.#list.ariaLive = "off";
    this.update(timeline);
    this.#scrollToEnd();
    this.#list.ariaLive = "polite";
  }

  /** Brings the list to what the timeline has. */
  update(timeline: Timeline): void {
    const { messages, hasOlder } = timeline;
    const wasNearEnd = this.#isNearEnd() || this.#shown.length === 0;
    const last = this.#shown.at(-1);
    const start = last ? messages.indexOf(last) + 1 : 0;
    const isContinued = last !== undefined && start > 0 && messages[0] === this.#shown[0];
    const fresh = isContinued ? messages.slice(start) : messages;
    const items = fresh.map((message, index) =>
      this.#item(message, fresh[index - 1] ?? (isContinued ? last : undefined)),
    );
    if (isContinued) this.#list.append(...items);
    else this.#list.replaceChildren(...items);
    if (isContinued) this.#unseen += fresh.filter(({ author }) => author.id !== this.#options.me).length;
    this.#shown = [...messages];
    this.#older.hidden = !hasOlder || messages.length === 0;
    this.#showEmpty();
    if (wasNearEnd) this.#scrollToEnd();
    this.#showUnseen();
  }

  showPending(pending: readonly Pending[]): void {
    const grew = pending.length > this.#pending.childElementCount;
    this.#pending.replaceChildren(...pending.map((each) => pendingItem(each, this.#options)));
    this.#showEmpty();
    if (grew) this.#scrollToEnd();
  }

  #item(message: Message, before: Message | undefined): HTMLLIElement {
    return messageItem(message, before, message.author.id === this.#options.me);
  }

  /** What is in view stays where it is while earlier messages come in above it. */
  async #showOlder(): Promise<void> {
    this.#older.disabled = true;
    this.#list.ariaLive = "off";
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    await this.#options.onOlder();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
    this.#list.ariaLive = "polite";
    this.#older.disabled = false;
  }

  #isNearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#read();
  }

  #read(): void {
    const last = this.#shown.at(-1);
    if (!last || document.visibilityState !== "visible") return;
    this.#unseen = 0;
    this.#showUnseen();
    this.#options.onRead(last.seq);
  }

  #showUnseen(): void {
    this.#toEnd.hidden = this.#unseen === 0;
    this.#toEnd.textContent = `${newMessages(this.#unseen)} ↓`;
  }

  #showEmpty(): void {
    this.#empty.hidden = this.#shown.length > 0 || this.#pending.childElementCount > 0;
  }
}
