import { Buffer } from "node:buffer";

const body = JSON.stringify({
  author: "somebody",
  text: "A day like any other, with some words about it. ".repeat(4),
});

export function requestFor(operation, port) {
  const head = `HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n`;
  const request = Buffer.from(
    operation === "list"
      ? `GET /api/entries?page=1 ${head}\r\n`
      : `POST /api/entries ${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const status = operation === "list" ? 200 : 201;
  return { make: () => request, wanted: { head: `HTTP/1.1 ${status} ` } };
}
