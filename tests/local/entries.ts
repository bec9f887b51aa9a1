import assert from "node:assert/strict";
import { call, urlOf } from "./platform.js";

export interface Entry {
  id: string;
  text: string;
  author: string;
}

export interface EntryPage {
  entries: Entry[];
  page: number;
  pages: number;
  total: number;
  pageSize: number;
}

const api = () => `${urlOf("journal")}/api/entries`;

/** Writes an entry through the journal's entry. */
export async function add(text: string, author = "tester"): Promise<Entry> {
  const { status, body } = await call(api(), "POST", { text, author });
  assert.equal(status, 201, body);
  return JSON.parse(body) as Entry;
}

export async function list(page = 1): Promise<EntryPage> {
  const { status, body } = await call(`${api()}?page=${page}`);
  assert.equal(status, 200, body);
  return JSON.parse(body) as EntryPage;
}

/** An entry's text; undefined when there is no such entry. */
export async function read(id: string): Promise<string | undefined> {
  const { status, body } = await call(`${api()}/${id}`);
  if (status === 404) return undefined;
  assert.equal(status, 200, body);
  return (JSON.parse(body) as Entry).text;
}

/** Deletes what a test has written. */
export async function remove(...ids: string[]): Promise<void> {
  for (const id of ids) {
    const { status, body } = await call(`${api()}/${id}`, "DELETE");
    assert.equal(status, 204, body);
  }
}
