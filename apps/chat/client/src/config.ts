/** What the web server was told when it started. */
export interface PageConfig {
  readonly serverUrl: string;
}

/** Reads it from the page's own host, again and again until it comes: without it there is no chat. */
export async function loadConfig(
  fetch: typeof globalThis.fetch = (...args) => globalThis.fetch(...args),
  retryMs = 1000,
): Promise<PageConfig> {
  for (;;) {
    try {
      const response = await fetch("/config.json", { cache: "no-store" });
      const config = (await response.json()) as Partial<PageConfig>;
      if (response.ok && typeof config.serverUrl === "string") return { serverUrl: config.serverUrl };
    } catch {
      // Offline, or a server that is just being replaced.
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
