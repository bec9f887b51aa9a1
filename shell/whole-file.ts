import { chmod, rename, writeFile } from "node:fs/promises";

/** Writes all of a file or nothing of it, so that what is cut short never leaves half a file. */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode });
  await chmod(draft, mode); // The umask may have taken some of it.
  await rename(draft, file);
}
