import type { Entry } from "./api.js";
import { addressOf, pagesToShow } from "./paging.js";
import { when } from "./words.js";

/** The element with this id, of the kind that the page was written with. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`index.html has no ${kind.name} with id "${id}"`);
  }
  return found;
}

/** Everything from the journal goes in as text, never as markup. */
function create<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function entryItem(entry: Entry, now: Date, onDelete: () => void): HTMLLIElement {
  const item = create("li", "card entry");
  item.dataset.id = entry.id;

  const createdAt = new Date(entry.createdAt);
  const time = create("time", "", when(createdAt, now));
  time.dateTime = entry.createdAt;
  time.title = createdAt.toLocaleString();

  const author = create("h3", "", entry.author);
  const remove = create("button", "delete", "Delete");
  remove.type = "button";
  remove.setAttribute("aria-label", `Delete the entry by ${entry.author}, ${time.textContent}`);
  remove.addEventListener("click", onDelete);

  const header = create("header", "");
  header.append(author, time, remove);
  item.append(header, create("p", "text", entry.text));
  return item;
}

/** Links to the pages: real addresses, so that they can be opened in a tab of their own. */
export function pageLinks(current: number, pages: number): HTMLElement[] {
  const newer = stepLink("Newer", current - 1, current > 1, "prev");
  const older = stepLink("Older", current + 1, current < pages, "next");
  const numbers = pagesToShow(current, pages).map((page) => {
    if (page === "gap") {
      return create("span", "", "…");
    }
    const link = create("a", "", String(page));
    link.href = addressOf(page);
    link.setAttribute("aria-label", `Page ${page}`);
    if (page === current) {
      link.setAttribute("aria-current", "page");
    }
    return link;
  });
  return [newer, ...numbers, older];
}

function stepLink(text: string, page: number, enabled: boolean, rel: string): HTMLElement {
  if (!enabled) {
    const label = create("span", "step", text);
    label.ariaDisabled = "true";
    return label;
  }
  const link = create("a", "step", text);
  link.href = addressOf(page);
  link.rel = rel;
  return link;
}

/** What stands now for what had the focus before the list and the links were made anew, if it is still there. */
export function sameAs(former: Element, list: HTMLElement, pages: HTMLElement): HTMLElement | null {
  const id = former.closest<HTMLElement>("[data-id]")?.dataset.id;
  if (id !== undefined) return list.querySelector(`[data-id="${CSS.escape(id)}"] button`);
  return [...pages.querySelectorAll("a")].find((link) => link.textContent === former.textContent) ?? null;
}
