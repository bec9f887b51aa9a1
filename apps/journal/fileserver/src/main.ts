import { Api, ApiError, type Entry, type EntryPage } from "./api.js";
import { LastFailure, type Undertaking } from "./last-failure.js";
import { addressOf, pageFrom } from "./paging.js";
import { Remembered } from "./remembered.js";
import { element, entryItem, pageLinks, sameAs } from "./view.js";
import { beginningOf, countOf, roomLeft } from "./words.js";

const QUOTE_LENGTH = 140;

const api = new Api();
const lastAuthor = new Remembered("journal.author");
const lastFailure = new LastFailure();
const form = element("write", HTMLFormElement);
const text = element("text", HTMLTextAreaElement);
const textLeft = element("text-left", HTMLOutputElement);
const author = element("author", HTMLInputElement);
const save = element("save", HTMLButtonElement);
const alert = element("alert", HTMLDivElement);
const alertText = element("alert-text", HTMLParagraphElement);
const alertRetry = element("alert-retry", HTMLButtonElement);
const status = element("status", HTMLParagraphElement);
const total = element("total", HTMLParagraphElement);
const title = element("entries-title", HTMLHeadingElement);
const list = element("entries", HTMLOListElement);
const empty = element("empty", HTMLParagraphElement);
const pages = element("pages", HTMLElement);
const confirmation = element("confirm", HTMLDialogElement);
const confirmText = element("confirm-text", HTMLQuoteElement);

/** Counts the loads, so that a slow answer does not overwrite a later one. */
let load = 0;
let retry: () => Promise<void> = show;

author.value = lastAuthor.value;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void write();
});
text.addEventListener("input", () => (textLeft.value = roomLeft(text.value.length, text.maxLength)));
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    form.requestSubmit();
  }
});
author.addEventListener("change", () => (lastAuthor.value = author.value.trim()));
alertRetry.addEventListener("click", () => void retry());
pages.addEventListener("click", followPageLink);
window.addEventListener("popstate", () => void show());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !confirmation.open) {
    void show();
  }
});
void show();

/** Shows the page that the address asks for. */
async function show(fresh?: Entry): Promise<void> {
  const thisLoad = ++load;
  list.ariaBusy = "true";
  await attempt(
    "load",
    () => show(fresh),
    async () => {
      let found = await api.list(pageFrom(location.search));
      if (found.page > found.pages) {
        // Its last entry was deleted, or somebody made the address up.
        history.replaceState(null, "", addressOf(found.pages));
        found = await api.list(found.pages);
      }
      if (thisLoad === load) {
        render(found, fresh);
      }
    },
  );
  if (thisLoad === load) {
    list.ariaBusy = "false";
    list.querySelectorAll(".ghost").forEach((ghost) => {
      ghost.remove();
    });
  }
}

function render(found: EntryPage, fresh?: Entry): void {
  const now = new Date();
  const items = found.entries.map((entry) => {
    const item = entryItem(entry, now, () => void confirmRemoval(entry));
    item.classList.toggle("fresh", entry.id === fresh?.id);
    return item;
  });
  const focused = document.activeElement;
  const hadFocus = list.contains(focused) || pages.contains(focused);
  list.replaceChildren(...items);
  total.textContent = found.total > 0 ? countOf(found.total) : "";
  empty.textContent = "Nothing written yet. The first line is yours.";
  empty.hidden = found.total > 0;
  pages.replaceChildren(...pageLinks(found.page, found.pages));
  pages.hidden = found.pages === 1;
  if (focused && hadFocus) (sameAs(focused, list, pages) ?? title).focus({ preventScroll: true });
}

async function write(): Promise<void> {
  let entry: Entry | undefined;
  const hadFocus = document.activeElement === save;
  save.disabled = true;
  await attempt("change", write, async () => {
    entry = await api.add(author.value.trim(), text.value);
  });
  save.disabled = false;
  // A button that is disabled loses the focus.
  if (hadFocus && document.activeElement === document.body) save.focus();
  if (entry) {
    text.value = "";
    textLeft.value = "";
    status.textContent = "Entry saved.";
    if (pageFrom(location.search) !== 1) {
      history.pushState(null, "", addressOf(1));
    }
    await show(entry);
  }
}

async function confirmRemoval(entry: Entry): Promise<void> {
  confirmText.textContent = beginningOf(entry.text, QUOTE_LENGTH);
  confirmation.returnValue = "keep";
  confirmation.showModal();
  await new Promise((resolve) => {
    confirmation.addEventListener("close", resolve, { once: true });
  });
  confirmText.textContent = "";
  if (confirmation.returnValue === "delete") {
    await remove(entry);
  }
}

async function remove(entry: Entry): Promise<void> {
  const removed = await attempt(
    "change",
    () => remove(entry),
    () => api.remove(entry.id),
  );
  if (removed) {
    status.textContent = "Entry deleted.";
    // The button that had the focus is gone with its entry.
    title.focus({ preventScroll: true });
    await show();
  }
}

function followPageLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  history.pushState(null, "", link.href);
  title.focus({ preventScroll: true });
  void show().then(() => {
    list.scrollIntoView({ block: "start" });
  });
}

/** Runs the action, and returns whether it went well; if not, the reader is told and can try again. */
async function attempt(
  undertaking: Undertaking,
  again: () => Promise<void>,
  action: () => Promise<void>,
): Promise<boolean> {
  try {
    await action();
    if (lastFailure.succeeded(undertaking)) hideAlert();
    return true;
  } catch (error) {
    if (lastFailure.failed(undertaking)) {
      retry = again;
      alertText.textContent =
        error instanceof ApiError ? error.message : "Something went wrong on this page.";
      alert.hidden = false;
    }
    if (!(error instanceof ApiError)) {
      throw error;
    }
    return false;
  }
}

function hideAlert(): void {
  const hadFocus = alert.contains(document.activeElement);
  alert.hidden = true;
  if (hadFocus) title.focus({ preventScroll: true });
}
