import { createConnection, createPool } from "mariadb";
import driverConnection from "mariadb/lib/connection.js";
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/**
 * The driver, mended below: as it is, a connection that breaks while it begins ends the process. Prisma's adapter pins
 * 3.4.5. In 3.5.4 a session that cannot be set up fails as it should; the other two are in it still.
 */
export { createConnection, createPool };

/** What the driver's types leave out. */
interface DriverConnection extends EventEmitter {
  connect: (this: DriverConnection) => Promise<unknown>;
  fatalError: (this: DriverConnection, error: Error, quiet: boolean) => void;
  executeSessionVariableQuery: (this: DriverConnection) => Promise<unknown>;
  getSocket(): Socket | undefined;
}

const mended = (driverConnection as unknown as { prototype: DriverConnection }).prototype;
const { connect, fatalError, executeSessionVariableQuery } = mended;
for (const [name, method] of Object.entries({ connect, fatalError, executeSessionVariableQuery })) {
  if (typeof (method as unknown) !== "function")
    throw new Error(
      `mariadb: expected a connection's method ${name}, which this version lacks; go over driver.ts`,
    );
}

const ignore = () => undefined;

/** A promise of which all that is chained to it may fail unheard. */
class Unheard<T> extends Promise<T> {
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const next = super.then(fulfilled, rejected);
    void Promise.prototype.then.call(next, undefined, ignore);
    return next;
  }
}

// An error that nobody listens for is thrown: any before a pool has the connection, and any after the first one there.
mended.connect = function () {
  const failed = new Promise<never>((_resolve, reject) => this.on("error", reject));
  return Promise.race([failed, connect.call(this)]);
};

// It takes all listeners from its socket, which tells the error of a TLS handshake only afterwards.
mended.fatalError = function (...of) {
  const socket = this.getSocket();
  fatalError.apply(this, of);
  socket?.on("error", ignore);
};

// The first of the steps that set up a session. Besides the promise of `connect` a failure rejects theirs, which nobody has.
mended.executeSessionVariableQuery = function () {
  return Unheard.resolve(executeSessionVariableQuery.call(this));
};
