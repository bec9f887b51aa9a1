// The least that Node.js can do for the same answers: the statements that the service sends, and no GraphQL at all. As the
// service's, each is prepared once by a connection and answered in binary: "execute" does that, "query" sends text anew.
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import process from "node:process";
import { createPool } from "mariadb";

const pool = createPool({ ...JSON.parse(process.env.DATABASE), ssl: { rejectUnauthorized: false } });

const POSTS = "SELECT `id`, `title`, `body`, `authorId` FROM `Post` ORDER BY `id` ASC LIMIT 20 OFFSET 0";
const AUTHORS = "SELECT `id`, `name` FROM `User` WHERE `id` IN";
const CREATED = "SELECT `id`, `email`, `name` FROM `User` WHERE `id` = ? LIMIT 1 OFFSET 0";

async function list() {
  const posts = await pool.execute(POSTS);
  const ids = [...new Set(posts.map(({ authorId }) => authorId))];
  const authors = await pool.execute(`${AUTHORS} (${ids.map(() => "?").join(",")})`, ids);
  const byId = new Map(authors.map(({ id, name }) => [id, { id, name }]));
  return {
    posts: posts.map(({ id, title, body, authorId }) => ({ id, title, body, author: byId.get(authorId) })),
  };
}

async function create({ id, email, name }) {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    await connection.execute("INSERT INTO `User` (`id`, `email`, `name`, `createdAt`) VALUES (?, ?, ?, ?)", [
      id,
      email,
      name,
      new Date(),
    ]);
    const [created] = await connection.execute(CREATED, [id]);
    await connection.commit();
    return { createUser: { id: created.id, email: created.email, name: created.name } };
  } finally {
    await connection.release();
  }
}

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString());
    void (variables ? create(variables.data) : list()).then((data) => {
      const text = JSON.stringify({ data });
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
      });
      response.end(text);
    });
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
