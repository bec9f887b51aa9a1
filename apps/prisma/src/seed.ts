import type { PrismaClient } from "../generated/client/client.js";

/** Keys that stay the same, so that seeding twice makes nothing twice. */
const AUTHOR = "00000000-0000-7000-8000-000000000001";
const POST = "00000000-0000-7000-8000-000000000002";
const COMMENT = "00000000-0000-7000-8000-000000000003";

/** Something to look at in an empty database. */
export async function seed(db: PrismaClient): Promise<void> {
  await db.user.upsert({
    where: { id: AUTHOR },
    update: {},
    create: { id: AUTHOR, email: "author@example.com", name: "An author" },
  });
  await db.post.upsert({
    where: { id: POST },
    update: {},
    create: { id: POST, authorId: AUTHOR, title: "A first post", body: "Hello.", published: true },
  });
  await db.comment.upsert({
    where: { id: COMMENT },
    update: {},
    create: { id: COMMENT, authorId: AUTHOR, postId: POST, text: "Hello to myself." },
  });
}
