import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";

/** A room in which nobody has been. */
export const newRoom = () => `room-${randomBytes(4).toString("hex")}`;

/** Writes a message on somebody's page, and sends it. */
export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.keyboard.press("Enter");
}

/** A message as a page shows it. */
export const message = (page: Page, text: string) => page.locator("#messages li", { hasText: text });
