import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { v4 as uuid } from "uuid";
import { type Introduction, MAX_NICKNAME } from "../../server/src/events.js";
import type { Keeper } from "./keeper.js";

/** Who this browser's person is: a secret that makes them the same everywhere, and a name that they choose. */
export class Identity {
  readonly #keeper: Keeper;
  readonly #secret: string;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    const kept = keeper.get("secret");
    this.#secret = typeof kept === "string" ? kept : uuid();
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

  /**
   * The id under which the others know this person, which the server makes in the same way. A page without TLS has no
   * crypto.subtle, and no crypto.randomUUID either.
   */
  get id(): string {
    return bytesToHex(sha256(utf8ToBytes(this.#secret))).slice(0, 16);
  }
}
