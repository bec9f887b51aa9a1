import { z } from "zod";
import { clusterNames } from "../platform.js";
import { host, quantity, replicas, resources } from "./values.js";

/** `slipway:journal`. Left out, the journal is not deployed. */
export const journal = z
  .strictObject({
    cluster: z.enum(clusterNames),
    /** Left out, it is "journal" under the stack's domain, and journal.localhost on the local cluster. */
    host: host.optional(),
    /** Entries shown per page; reaches the container as JOURNAL_ENTRIES. */
    journalEntries: z.int().min(1).max(1000).optional(),
    logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).optional(),
    frontend: z.strictObject({ replicas: replicas.optional(), resources: resources.optional() }).optional(),
    fileserver: z.strictObject({ replicas: replicas.optional(), resources: resources.optional() }).optional(),
    redis: z
      .strictObject({
        replicas: replicas
          .refine((count) => count !== 2, "expected 1, or at least 3: of two, neither can outvote the other")
          .optional(),
        /** Of each volume, in a StatefulSet that is new: docs/runbooks/stuck.md says how those that are there grow. */
        storage: quantity("10Gi").optional(),
        resources: resources.optional(),
      })
      .optional(),
  })
  .optional();
