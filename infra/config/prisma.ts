import { z } from "zod";
import { isPrisma1 } from "../apps/prisma-config.js";
import { clusterNames } from "../platform.js";
import { host, image, replicas, resources } from "./values.js";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** `slipway:prisma`. Left out, the GraphQL service is not deployed. */
export const prisma = z
  .strictObject({
    cluster: z.enum(clusterNames),
    /** Instead of the image of slipway:images: one of yours, or a Prisma 1 server for those who have data in one. */
    image: z
      .string()
      .refine(
        (reference) => image.safeParse(reference).success || (isPrisma1(reference) && DIGEST.test(reference)),
        'expected an immutable reference such as ":v1.0.1-bfeda01f", or of a Prisma 1 server such as "prismagraphql/prisma:1.34.12@sha256:…"',
      )
      .optional(),
    replicas: replicas.optional(),
    resources: resources.optional(),
    /** Whether the world may reach it; then slipway:prismaManagementApiSecret is needed. */
    exposed: z.boolean().optional(),
    /** Left out, it is "prisma" under the stack's domain, and prisma.localhost on the local cluster. */
    host: host.optional(),
    logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).optional(),
    /** Whether the API tells what it offers; reaches the container as INTROSPECTION. */
    introspection: z.boolean().optional(),
    /** The next one gives the service another password of its database, and no request fails meanwhile. One at a time. */
    passwordVersion: z.int().min(1).max(1_000_000).default(1),
    /** Whether a browser gets a page to try queries in; reaches the container as PLAYGROUND. */
    playground: z.boolean().optional(),
  })
  .refine(({ host: name, exposed }) => name === undefined || exposed === true, {
    path: ["host"],
    message: "expected none without exposed: true",
    abort: true,
  })
  .refine(({ image: reference = "", replicas: count = 1 }) => !isPrisma1(reference) || count === 1, {
    path: ["replicas"],
    message: "expected 1: two Prisma 1 servers wait for the same lock, and the second one exits",
    abort: true,
  })
  .optional();
