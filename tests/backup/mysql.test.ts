import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { RowCounter } from "../../backup/mysql.js";

const DUMP = `-- MariaDB dump
USE \`blog\`;
LOCK TABLES \`posts\` WRITE;
INSERT INTO \`posts\` VALUES (1,'a line that\\nINSERT INTO \`posts\` VALUES (9)');
INSERT INTO \`posts\` VALUES (2,'ü');
UNLOCK TABLES;
CREATE TRIGGER noted AFTER INSERT ON posts FOR EACH ROW
INSERT INTO \`posts\` VALUES (3,'of a trigger');
LOCK TABLES \`empty\` WRITE;
UNLOCK TABLES;
LOCK TABLES \`odd\`\`name ü\` WRITE;
INSERT INTO \`odd\`\`name ü\` VALUES (${"'long',".repeat(1000)}1);
UNLOCK TABLES;
USE \`other\`;
LOCK TABLES \`posts\` WRITE;
INSERT INTO \`posts\` VALUES (1);
UNLOCK TABLES;
-- Dump completed on 2026-11-21 20:45:00
`;

describe("backup/mysql", () => {
  for (const size of [1, 7, 4096, DUMP.length * 2]) {
    it(`counts a dump's rows and lets it through as it is, in pieces of ${size} bytes`, async () => {
      const bytes = Buffer.from(DUMP);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const counter = new RowCounter();
      assert.equal(await text(Readable.from(pieces).pipe(counter)), DUMP);
      assert.deepEqual(counter.counts, {
        "blog.posts": 2,
        "blog.empty": 0,
        "blog.odd`name ü": 1,
        "other.posts": 1,
      });
      assert.match(counter.tail, /\n-- Dump completed on 2026-11-21 20:45:00\n$/);
    });
  }
});
