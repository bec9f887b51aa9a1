import type { Connection, Pool } from "mariadb";
import type { Socket } from "node:net";

/** A connection as the pool's events bring it; the driver's types leave its socket out. */
type Pooled = Connection & { getSocket(): Socket | undefined };

/**
 * Ends a connection on which a statement gets no sign of an answer for so long: of a host that is gone without a word no
 * packet tells, and the connection would be kept for a quarter of an hour. The driver's own `socketTimeout` ends those that
 * nobody uses, too; its `destroy` signs in again and kills by number, which after a failover is another one's connection.
 *
 * @param youngMs One that is younger is not replaced, since it was made after the database had changed its mind.
 * @returns What makes the pool replace all connections that it has: idle ones at once, others when they are given back.
 */
export function watchPool(pool: Pool, silentMs: number, youngMs = 1000): { readonly renew: () => void } {
  const connections = new Map<Pooled, { readonly since: number; busy: boolean }>();

  /** Also by "acquire", which the pool says first of a connection that it makes for somebody who waits. */
  function stateOf(connection: Pooled) {
    const known = connections.get(connection);
    if (known) return known;
    for (const other of connections.keys()) if (!other.isValid()) connections.delete(other);
    const state = { since: performance.now(), busy: false };
    connections.set(connection, state);
    const socket = connection.getSocket();
    socket?.on("timeout", () => socket.destroy(ended(`the database was silent for ${silentMs} ms`)));
    return state;
  }
  pool.on("connection", (connection: Connection) => void stateOf(connection as Pooled));
  for (const [event, busy] of [
    ["acquire", true],
    ["release", false],
  ] as const) {
    pool.on(event as "acquire", (connection: Connection) => {
      stateOf(connection as Pooled).busy = busy;
      (connection as Pooled).getSocket()?.setTimeout(busy ? silentMs : 0);
    });
  }

  return {
    renew: () => {
      const oldest = performance.now() - youngMs;
      for (const [connection, { since, busy }] of connections) {
        if (since > oldest || !connection.isValid()) continue;
        connection.isValid = () => false;
        if (!busy) connection.getSocket()?.destroy(ended("the connection was replaced"));
      }
    },
  };
}

const ended = (message: string) => Object.assign(new Error(message), { code: "ETIMEDOUT" });
