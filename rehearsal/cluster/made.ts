/** The properties of a class of the client's, without the class. */
type Plain<T> = T extends Date
  ? T
  : T extends (infer U)[]
    ? Plain<U>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

/** The client's types are classes, of which it only ever reads the properties. */
export const made = <T>(properties: Plain<T>): T => properties as T;
