import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { withTunnel } from "../../backup/pods.js";
import { Guest } from "./chat-guest.js";
import { add, remove } from "./entries.js";
import { graphql, sql } from "./graphql.js";
import { call, kubectl, until, urlOf } from "./platform.js";
import { primaryPod } from "./redis.js";

/** What a careless way of keeping text loses. */
const TEXT = `\\ \\n \\0 'single' "double" \`tick\` ; -- # /* % ~ \t tab\nline\nß 漢字 🚢 \u2028 {{}} $1 NULL`;
const COUNT = 12;

const CREATE = "mutation ($data: UserCreate!) { createUser(data: $data) { id } }";
const POSTS = `query ($email: String!) {
  posts(where: { author: { email: { equals: $email } } }, orderBy: [{ title: asc }], take: 50) {
    id title body published createdAt updatedAt author { id email name createdAt }
    comments(orderBy: [{ id: asc }]) { id text createdAt }
  }
  usersCount postsCount commentsCount
}`;

/** Somebody who has written to all three apps, and reads it all again. */
export class Author {
  readonly id = randomUUID();
  readonly room = `backup-${this.id.slice(0, 8)}`;
  readonly #email = `${this.id}@example.com`;
  readonly #entries: string[] = [];

  async write(): Promise<void> {
    await Promise.all([this.writeEntries(), this.writeMessages(), this.writePosts()]);
  }

  async writeEntries(): Promise<void> {
    for (let n = 0; n < COUNT; n++) {
      const { id } = await add(`${this.id} ${n} ${TEXT}`, "wrïter 🚢");
      this.#entries.push(id);
    }
  }

  /** Resolves when the server has acknowledged all of them. */
  async writeMessages(): Promise<void> {
    await this.#inRoom(async (guest) => {
      for (let n = 0; n < COUNT; n++) guest.say(`${n} ${TEXT}`);
      await until("every message acknowledged", () =>
        guest.waiting === 0 ? undefined : `${guest.waiting} wait`,
      );
      assert.deepEqual(guest.refusals, []);
    });
  }

  async writePosts(): Promise<void> {
    const author = { connect: { email: this.#email } };
    const posts = Array.from({ length: COUNT }, (_, n) => ({
      title: `${String(n).padStart(3, "0")} 🚢 'title'`,
      body: `${n} ${TEXT.repeat(50)}`,
      published: n % 2 === 0,
      ...(n === 0 && { comments: { create: [{ text: TEXT, author }] } }),
    }));
    const data = { id: this.id, email: this.#email, name: "wrïter 🚢", posts: { create: posts } };
    assert.deepEqual(await graphql(CREATE, { data }), { data: { createUser: { id: this.id } } });
  }

  /** Takes back what can be; a message stays for ever. */
  async remove(): Promise<void> {
    await remove(...this.#entries);
    await graphql("mutation ($id: String!) { deleteUser(where: { id: $id }) { id } }", { id: this.id });
  }

  /** Everything as the entries answer it: the whole journal, the room, the posts, and how many of each there are. */
  async read(): Promise<Record<"entries" | "messages" | "posts", string>> {
    const [entries, messages, posts] = await Promise.all([wholeJournal(), this.#messages(), this.posts()]);
    return { entries, messages, posts };
  }

  /** The user's posts, and how many of everything there are. */
  async posts(): Promise<string> {
    return JSON.stringify(await graphql(POSTS, { email: this.#email }), undefined, 1);
  }

  async #messages(): Promise<string> {
    return this.#inRoom(async (guest) => {
      await until("the room's messages", () => {
        const there = guest.shown.length;
        return there >= COUNT ? undefined : `only ${there}`;
      });
      return JSON.stringify(guest.shown, undefined, 1);
    });
  }

  /** Says something in the room and gives what the room then begins with. */
  async beginningOfRoom(said: string): Promise<{ seq: number; text: string } | undefined> {
    return this.#inRoom(async (guest) => {
      guest.say(said);
      await until("the message in the room", () => (guest.texts.includes(said) ? undefined : "not yet"));
      return guest.shown[0] && { seq: guest.shown[0].seq, text: guest.shown[0].text };
    });
  }

  async #inRoom<T>(act: (guest: Guest) => Promise<T>): Promise<T> {
    const guest = new Guest({ url: urlOf("server.chat"), nickname: "wrïter", room: this.room }).enter();
    try {
      await until("a guest in the room", () => (guest.joined ? undefined : "on the way"));
      return await act(guest);
    } finally {
      guest.leave();
    }
  }
}

async function wholeJournal(): Promise<string> {
  const pages: string[] = [];
  for (let page = 1, last = 1; page <= last; page++) {
    const { status, body } = await call(`${urlOf("journal")}/api/entries?page=${page}`);
    assert.equal(status, 200, body);
    pages.push(body);
    last = (JSON.parse(body) as { pages: number }).pages;
  }
  return pages.join("\n");
}

/** Removes everything from every store, past the apps. */
export async function wipe(): Promise<void> {
  const script = "REDISCLI_AUTH=$(cat /etc/redis-internal/internal) redis-cli -e --user backup flushall";
  const redis = await primaryPod();
  await kubectl("exec", "-n", "journal", redis, "-c", "sentinel", "--", "sh", "-c", script);
  await sql("DROP DATABASE prisma");
  await withTunnel({ namespace: "chat", name: "mongodb-0" }, 27_017, async (socket) => {
    const client = new MongoClient(`mongodb://${encodeURIComponent(socket)}/?directConnection=true`);
    await client.db("chat").dropDatabase();
    await client.close();
  });
}
