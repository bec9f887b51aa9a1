import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";

const LIST = "{ posts(take: 20) { id title body author { id name } } }";
const CREATE = "mutation ($data: UserCreate!) { createUser(data: $data) { id email name } }";

/** The service and its peer are asked for the same in the same way; the peer looks at the variables alone. */
export function requestFor(operation, port) {
  const head = `POST / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n`;
  const message = (body) => {
    const text = JSON.stringify(body);
    return Buffer.from(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const list = message({ query: LIST });
  const create = () => {
    const id = randomUUID();
    return message({ query: CREATE, variables: { data: { id, email: `${id}@example.com`, name: "bench" } } });
  };
  return {
    make: operation === "list" ? () => list : create,
    wanted: { head: "HTTP/1.1 200 ", body: operation === "list" ? '"posts":[{' : '"createUser":{' },
  };
}
