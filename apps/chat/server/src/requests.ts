import { z } from "zod";
import {
  MAX_NICKNAME,
  MAX_PAGE,
  MAX_ROOM_NAME,
  MAX_TEXT,
  type Problem,
  type RequestName,
  type Requests,
  ROOM_NAME,
} from "./events.js";

/** Control and direction-changing characters would let one person's line break or reorder the others'. */
const NO_CONTROL = /^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u;
/** A text may have lines and tabs. */
const NO_CONTROL_BUT_LINES = /^(?:[\n\t]|[^\p{Cc}\u202a-\u202e\u2066-\u2069])*$/u;

const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "expected a UUID in small letters");
const room = z
  .string()
  .max(MAX_ROOM_NAME)
  .regex(ROOM_NAME, "expected small letters, digits and single dashes between them");
const nickname = z
  .string()
  .regex(NO_CONTROL, "must have no control characters")
  .transform((name) => name.replace(/\s+/gu, " ").trim())
  .pipe(z.string().min(1, "must not be blank").max(MAX_NICKNAME));
const text = z
  .string()
  .max(MAX_TEXT)
  .regex(/\S/u, "must not be blank")
  .regex(NO_CONTROL_BUT_LINES, "must have no control characters but line ends and tabs");
const place = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What may come in with each request; nothing more, and nothing is converted. */
export const requestSchemas: { [Name in RequestName]: z.ZodType<Requests[Name][0]> } = {
  join: z.strictObject({ room, after: place.optional() }),
  leave: z.strictObject({ room }),
  send: z.strictObject({ room, id: uuid, text }),
  history: z
    .strictObject({
      room,
      after: place.optional(),
      before: place.optional(),
      limit: z.int().min(1).max(MAX_PAGE).optional(),
    })
    .refine(({ after, before }) => (after === undefined) !== (before === undefined), {
      message: 'expected one of "after" and "before"',
    }),
  rename: z.strictObject({ nickname }),
  rooms: z.strictObject({}),
};

export const introductionSchema = z.object({ secret: uuid, nickname });

/** One line for whoever writes a client: each field with what is wrong about it. */
export function invalid({ issues }: z.ZodError): Problem {
  const problems = issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
  return { code: "invalid", message: problems.join("; ") };
}
