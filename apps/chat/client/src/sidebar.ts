import { MAX_ROOMS } from "../../server/src/events.js";
import type { Places } from "./places.js";
import { element, roomItem } from "./view.js";
import { badgeOf, roomFrom } from "./words.js";

export interface SidebarOptions {
  readonly places: Places;
  /** Returns whether there was room for one more. */
  readonly onEnter: (room: string) => boolean;
  readonly onName: () => void;
}

/** The list of rooms; on a phone it lies over the messages and is opened by a button. */
export class Sidebar {
  readonly #options: SidebarOptions;
  readonly #sidebar = element("sidebar", HTMLElement);
  readonly #list = element("rooms", HTMLUListElement);
  readonly #opener = element("open-rooms", HTMLButtonElement);
  readonly #elsewhere = element("unread-elsewhere", HTMLElement);
  readonly #input = element("enter-room", HTMLInputElement);
  readonly #problem = element("enter-problem", HTMLElement);
  readonly #me = element("me", HTMLButtonElement);

  constructor(options: SidebarOptions) {
    this.#options = options;
    this.#opener.addEventListener("click", () => {
      this.#open();
    });
    element("close-rooms", HTMLButtonElement).addEventListener("click", () => {
      this.close();
      this.#opener.focus();
    });
    this.#sidebar.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#sidebar.classList.contains("open")) {
        this.close();
        this.#opener.focus();
      }
    });
    this.#list.addEventListener("click", () => {
      this.close();
    });
    this.#me.addEventListener("click", options.onName);
    element("enter", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter();
    });
  }

  show(current: string, unread: ReadonlyMap<string, number>): void {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const focusedRoom = focused?.getAttribute("href");
    const items = [...unread].map(([room, count]) => roomItem(room, room === current, count));
    this.#list.replaceChildren(...items);
    if (focusedRoom) this.#list.querySelector<HTMLElement>(`a[href="${focusedRoom}"]`)?.focus();
    const elsewhere = [...unread].reduce((sum, [room, count]) => (room === current ? sum : sum + count), 0);
    this.#elsewhere.hidden = elsewhere === 0;
    this.#elsewhere.textContent = badgeOf(elsewhere);
  }

  showName(nickname: string): void {
    this.#me.textContent = nickname === "" ? "" : `You are ${nickname}`;
    this.#me.setAttribute("aria-label", `You are ${nickname}. Change the name`);
  }

  suggest(options: readonly HTMLOptionElement[]): void {
    element("known-rooms", HTMLDataListElement).replaceChildren(...options);
  }

  close(): void {
    this.#sidebar.classList.remove("open");
    this.#opener.ariaExpanded = "false";
  }

  #open(): void {
    this.#sidebar.classList.add("open");
    this.#opener.ariaExpanded = "true";
    this.#list.querySelector("a")?.focus();
  }

  #enter(): void {
    const room = roomFrom(this.#input.value);
    const problem =
      room === ""
        ? "A room's name has letters or digits."
        : this.#options.onEnter(room)
          ? ""
          : `You are in ${MAX_ROOMS} rooms already. Leave one first.`;
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === "";
    if (problem === "") this.#input.value = "";
  }
}
