import { kubectl, objects } from "./platform.js";

/** A server of the chat, and what it tells of itself. */
export interface ChatServer {
  readonly pod: any;
  readonly value: (metric: string) => number;
}

const SCRIPT = 'fetch("http://localhost:8080/metrics").then((r) => r.text()).then(console.log)';

/** All servers of the chat; each is asked by itself, since nobody outside may. */
export async function chatServers(): Promise<ChatServer[]> {
  const selector = "app.kubernetes.io/name=chat,app.kubernetes.io/component=server";
  return Promise.all(
    (await objects("pods", "-n", "chat", "-l", selector)).map(async (pod) => {
      const text = await kubectl("exec", "-n", "chat", pod.metadata.name, "--", "node", "-e", SCRIPT);
      const value = (metric: string) => Number(RegExp(`^${metric} ([\\d.e+]+)$`, "m").exec(text)?.[1]);
      return { pod, value };
    }),
  );
}
