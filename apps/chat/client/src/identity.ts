import { type Introduction, MAX_NICKNAME } from "../../server/src/events.js";
import type { Keeper } from "./keeper.js";

/** Who this browser's person is: a secret that makes them the same everywhere, and a name that they choose. */
export class Identity {
  readonly #keeper: Keeper;
  readonly #secret: string;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    const kept = keeper.get("secret");
    this.#secret = typeof kept === "string" ? kept : crypto.randomUUID();
    keeper.set("secret", this.#secret);
  }

  /** Empty until one is chosen. */
  get nickname(): string {
    const kept = this.#keeper.get("nickname");
    return typeof kept === "string" ? kept.slice(0, MAX_NICKNAME) : "";
  }

  set nickname(name: string) {
    this.#keeper.set("nickname", name);
  }

  introduction(): Introduction {
    return { secret: this.#secret, nickname: this.nickname };
  }

  /** The id under which the others know this person, which the server makes in the same way. */
  async id(): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(this.#secret));
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    return hex.join("").slice(0, 16);
  }
}
