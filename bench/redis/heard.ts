/** A line of the writers: how much was acknowledged by now, an outage that is over, or what was lost in the end. */
export type Heard =
  | { readonly acknowledged: number; readonly lost?: number }
  | { readonly gapMs: number; /** Milliseconds since 1970. */ readonly since: number };
