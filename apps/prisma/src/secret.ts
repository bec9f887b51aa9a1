import { createHash, timingSafeEqual } from "node:crypto";

/** Whether a request presents the secret, as "Authorization: Bearer …"; how long it takes tells nothing of it. */
export function presents(authorization: string | undefined, secret: string): boolean {
  const [, presented = ""] = /^Bearer (.+)$/.exec(authorization ?? "") ?? [];
  return timingSafeEqual(digestOf(presented), digestOf(secret));
}

/** Digests are of one length, whatever was presented. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
