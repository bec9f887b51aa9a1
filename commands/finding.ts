/** What one check of a doctor found. */
export interface Finding {
  /** What was looked at, and what was found. */
  title: string;
  /** Whether it may stay as it is. */
  ok: boolean;
  /** The command, or the step, that repairs it; also of what may stay and had better not. */
  repair?: string;
}

export const check = (title: string, ok: boolean, repair: string): Finding =>
  ok ? { title, ok } : { title, ok, repair };

/** Of what works anyhow, though not well. */
export const advise = (title: string, good: boolean, repair: string): Finding =>
  good ? { title, ok: true } : { title, ok: true, repair };

export function describeFinding({ title, ok, repair }: Finding): string {
  if (repair === undefined) return `ok       ${title}`;
  return `${ok ? "warning" : "PROBLEM"}  ${title}\n         repair: ${repair}`;
}
