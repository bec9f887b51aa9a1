/** Lets through so many a second, and a burst of so many at once. */
export class TokenBucket {
  readonly #perSec: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  constructor(perSec: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSec = perSec;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
    this.#filledAt = now();
  }

  /** 0 when it is let through, otherwise after how many milliseconds it may come again. */
  take(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSec);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.#perSec) * 1000);
  }
}
