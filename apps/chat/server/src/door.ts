import type { IncomingMessage } from "node:http";

export interface DoorOptions {
  /** Pages that may use this chat, as browsers name them: "https://chat.example.org". */
  readonly origins: readonly string[];
  readonly maxConnections: number;
  readonly connections: () => number;
}

export type RefusalReason = "origin" | "full" | "leaving";

/** Who is let in. */
export class Door {
  readonly #options: DoorOptions;
  #shut = false;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** This server leaves: whoever comes now must go to another one. */
  shut(): void {
    this.#shut = true;
  }

  /** Why this request for a new connection is refused, if it is. */
  refuses({ headers }: Pick<IncomingMessage, "headers">): RefusalReason | undefined {
    const { origins, maxConnections, connections } = this.#options;
    if (this.#shut) return "leaving";
    // Only browsers send an origin, and only of them is it true: it keeps other people's pages out, not programs.
    if (headers.origin !== undefined && !origins.includes(headers.origin)) return "origin";
    return connections() >= maxConnections ? "full" : undefined;
  }
}
