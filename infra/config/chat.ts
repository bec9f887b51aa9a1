import { z } from "zod";
import { pageExposures } from "../apps/chat-size.js";
import { MONGO_DB_PORTS } from "../k8s/outside-mongo-db.js";
import { clusterNames } from "../platform.js";
import { host, quantity, replicas, resources } from "./values.js";

const pods = { replicas: replicas.optional(), resources: resources.optional() };

/** Address of a MongoDB outside of the cluster: the pods may call its usual ports only, and over the internet. */
export const mongoUri = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+(\?|$)/, {
    message: 'expected "mongodb://…/database" or "mongodb+srv://…/database"',
    abort: true,
  })
  .refine(
    (uri) => uri.startsWith("mongodb+srv:") || /[?&](tls|ssl)=true(&|$)/.test(uri),
    'expected TLS: "mongodb+srv://…", or "?tls=true" at its end',
  )
  .refine(
    (uri) => portsOf(uri).every((port) => MONGO_DB_PORTS.includes(port)),
    `expected no port but ${MONGO_DB_PORTS.join(", ")}`,
  );

function portsOf(uri: string): number[] {
  const hosts = /^mongodb:\/\/(?:[^@/]*@)?([^/]+)\//.exec(uri)?.[1] ?? "";
  return hosts
    .split(",")
    .flatMap((name) => /:(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number);
}

/** `slipway:chat`. Left out, the chat is not deployed. */
export const chat = z
  .strictObject({
    cluster: z.enum(clusterNames),
    /** Of the page. Left out, it is "chat" under the stack's domain, and chat.localhost on the local cluster. */
    host: host.optional(),
    /** Of the server. Left out, it is "chat-server" under the domain. */
    serverHost: host.optional(),
    logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).optional(),
    /** Requests a second of one connection; reaches the container as CHAT_REQUESTS_PER_SEC. */
    requestsPerSec: z.int().min(1).max(10_000).optional(),
    server: z.strictObject({ ...pods, maxReplicas: replicas.optional() }).optional(),
    client: z
      .strictObject({
        ...pods,
        /** "loadBalancer", on gke only: an address of its own without TLS. Left out, an entry. */
        exposedBy: z.enum(pageExposures).optional(),
      })
      .optional(),
    redis: z
      .strictObject({
        replicas: replicas.optional(),
        /** Of each volume, in a StatefulSet that is new: docs/runbooks/stuck.md says how those that are there grow. */
        storage: quantity("10Gi").optional(),
        resources: resources.optional(),
      })
      .optional(),
  })
  .refine(({ server }) => (server?.replicas ?? 2) <= (server?.maxReplicas ?? 3), {
    path: ["server", "maxReplicas"],
    message: "expected at least as many as server.replicas",
    abort: true,
  })
  .optional();
