import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this checkout. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that the commands make stands in here, ignored by git. */
export const local = join(repository, ".local");

export const paths = {
  bin: join(local, "bin"),
  debian: join(local, "debian"),
  downloads: join(local, "downloads"),
  hosts: join(local, "hosts"),
  images: join(local, "images"),
  logs: join(local, "logs"),
  pki: join(local, "pki"),
  engine: join(local, "engine"),
  settings: join(local, "settings.json"),
  kubeconfig: join(local, "kubeconfig"),
  acmeRoot: join(local, "ca.pem"),
};

/** What of a path is there, and can be seen. */
export const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));
