/** What one check of a doctor found. */
export interface Finding {
  /** What was looked at, and what was found. */
  title: string;
  ok: boolean;
  /** The command, or the step, that repairs it. */
  repair?: string;
}

export const check = (title: string, ok: boolean, repair: string): Finding =>
  ok ? { title, ok } : { title, ok, repair };
