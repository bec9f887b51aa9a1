import { execa } from "execa";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { paths } from "../../shell/paths.js";
import { kubectl } from "../../tests/local/platform.js";
import { bundle } from "../bundle.js";
import type { Contender } from "./contender.js";
import type { Heard } from "./heard.js";
import { BENCH, apply } from "./objects.js";

export interface Outage {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly ms: number;
}

export interface Writers {
  /** Writes that were acknowledged by now, to a second. */
  readonly acknowledged: () => number;
  readonly outages: readonly Outage[];

  /** Ends them, and counts what is there. */
  stop(): Promise<{ acknowledged: number; lost: number }>;
}

const NODE = "/usr/local/bin/node";

/** Starts the writers in a pod of their own, with the program of the journal's pods. */
export async function startWriters(contender: Contender, image: string): Promise<Writers> {
  const name = `writers-of-${contender.namespace}`;
  await createPod(name, contender, image);
  const args = ["--kubeconfig", paths.kubeconfig, "--request-timeout=0", "exec", "-i", name, "-n", BENCH];
  const child = execa(join(paths.bin, "kubectl"), [...args, "--", NODE, "/bench/writer.cjs"], {
    stdin: "pipe",
    buffer: { stdout: false },
  });
  // If they end before they are told to, stop() says so.
  child.catch(() => undefined);
  let acknowledged = 0;
  let lost: number | undefined;
  const outages: Outage[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const heard = JSON.parse(line) as Heard;
    if ("gapMs" in heard) outages.push({ since: heard.since, ms: heard.gapMs });
    else ({ acknowledged, lost } = { lost: undefined, ...heard });
  });
  return {
    acknowledged: () => acknowledged,
    outages,
    async stop() {
      child.stdin.end();
      await child;
      if (lost === undefined) throw new Error("the writers ended without a count of what is there");
      return { acknowledged, lost };
    },
  };
}

async function createPod(
  name: string,
  { namespace, env, password = "none" }: Contender,
  image: string,
): Promise<void> {
  const metadata = { name, namespace: BENCH };
  const volumeMounts = [
    { name: "program", mountPath: "/bench", readOnly: true },
    { name: "auth", mountPath: "/etc/redis-auth", readOnly: true },
  ];
  const container = {
    name: "writers",
    image,
    // It waits: the writers are run in it, so that their end can be told.
    command: [NODE, "-e", "setInterval(() => undefined, 2 ** 30)"],
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    volumeMounts,
  };
  await apply([
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { password } },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "writer.cjs": await writerProgram() } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: {
        containers: [container],
        volumes: [
          { name: "program", configMap: { name } },
          { name: "auth", secret: { secretName: name } },
        ],
        terminationGracePeriodSeconds: 0,
        enableServiceLinks: false,
        // The names of the journal's Redis hold in its own namespace.
        dnsConfig: { searches: [`${namespace}.svc.cluster.local`] },
      },
    },
  ]);
  await kubectl(
    "wait",
    "pod",
    name,
    "-n",
    BENCH,
    "--for=condition=Ready",
    "--timeout=60s",
    "--request-timeout=0",
  );
}

async function writerProgram(): Promise<string> {
  const entryPoints = [join(import.meta.dirname, "writer.ts")];
  const { outputFiles } = await bundle({ entryPoints, write: false });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error("esbuild made no file");
  return file.text;
}
