/** JSON Schemas of the routes: they validate what comes in, speed up what goes out, and are the OpenAPI document. */

const NOT_BLANK = "\\S";
const KEY = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
const PAGE = "^[1-9][0-9]{0,5}$";

/** What a pattern asks for, in words. */
export const PATTERNS: Readonly<Record<string, string>> = {
  [NOT_BLANK]: "must not be blank",
  [KEY]: "must be a UUID",
  [PAGE]: "must be a whole number from 1 to 999999",
};

export const MAX_TEXT = 4000;
export const MAX_AUTHOR = 80;
export const ANONYMOUS = "anonymous";

/** Room for the longest entry allowed, also from a client that writes each character as two \u escapes: 12 bytes. */
export const BODY_LIMIT = 64 * 1024;

const entry = {
  type: "object",
  required: ["id", "author", "text", "createdAt"],
  properties: {
    id: { type: "string" },
    author: { type: "string" },
    text: { type: "string" },
    createdAt: { type: "string", description: "ISO 8601, UTC" },
  },
} as const;

const count = { type: "integer", minimum: 0 } as const;

const entryPage = {
  type: "object",
  required: ["entries", "page", "pages", "total", "pageSize"],
  properties: {
    entries: { type: "array", items: entry, description: "newest first" },
    page: { ...count, description: "the page asked for; beyond the last one there are no entries" },
    pages: { ...count, description: "number of pages, at least 1" },
    total: { ...count, description: "number of entries in the whole journal" },
    pageSize: count,
  },
} as const;

function error(description: string) {
  return {
    description,
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message"],
        properties: {
          code: { type: "string" },
          message: { type: "string" },
          details: {
            type: "array",
            items: {
              type: "object",
              required: ["path", "message"],
              properties: { path: { type: "string" }, message: { type: "string" } },
            },
          },
        },
      },
    },
  } as const;
}

const invalid = error("The request is not valid; nothing was changed");
const unknown = error("There is no such entry");
const unavailable = error("The journal can't be reached just now; Retry-After says when to ask again");

const id = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" } },
} as const;

export const listEntries = {
  summary: "One page of entries, newest first",
  operationId: "listEntries",
  querystring: {
    type: "object",
    properties: { page: { type: "string", pattern: PAGE, default: "1" } },
  },
  response: { 200: { description: "The page", ...entryPage }, 400: invalid, 503: unavailable },
} as const;

export const getEntry = {
  summary: "One entry",
  operationId: "getEntry",
  params: id,
  response: { 200: { description: "The entry", ...entry }, 404: unknown, 503: unavailable },
} as const;

export const addEntry = {
  summary: "Write an entry",
  operationId: "addEntry",
  headers: {
    type: "object",
    properties: {
      "idempotency-key": {
        type: "string",
        pattern: KEY,
        description: "Becomes the id: the same request may be sent again, and adds one entry",
      },
    },
  },
  body: {
    type: "object",
    required: ["text"],
    additionalProperties: false,
    properties: {
      author: { type: "string", maxLength: MAX_AUTHOR, description: `"${ANONYMOUS}" when left out or blank` },
      text: { type: "string", maxLength: MAX_TEXT, pattern: NOT_BLANK },
    },
  },
  response: {
    201: { description: "The entry; Location says where it is", ...entry },
    400: invalid,
    413: error("The body is larger than the longest entry allowed"),
    415: error("The body is not application/json"),
    422: error("The Idempotency-Key was used for another entry; nothing was changed"),
    503: unavailable,
  },
} as const;

export const removeEntry = {
  summary: "Delete an entry",
  operationId: "removeEntry",
  params: id,
  response: { 204: { type: "null", description: "Deleted" }, 404: unknown, 503: unavailable },
} as const;
