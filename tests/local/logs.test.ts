import assert from "node:assert/strict";
import { execa } from "execa";
import { repository } from "../../shell/paths.js";
import { npmRun, objects } from "./platform.js";

describe("`npm run logs`", () => {
  it("shows the lines of each pod of an app, under the pod's name", async () => {
    const lines = (await npmRun("logs", "--", "journal", "--tail", "1")).split("\n").filter(Boolean);
    const prefixes = new Set(lines.map((line) => /^\[pod\/([^/]+)\/[^\]]+\] /.exec(line)?.[1] ?? line));
    const pods = (await objects("pods", "-n", "journal", "-l", "app.kubernetes.io/name=journal")).map(
      ({ metadata }) => metadata.name as string,
    );
    assert.ok(pods.length >= 4, `only ${pods.length} pods`);
    assert.deepEqual([...prefixes].sort(), pods.sort());
  });

  it("shows as many lines of each as are asked for", async () => {
    assert.equal(await npmRun("logs", "--", "journal", "--tail", "0"), "");
  });

  it("refuses an app that is not there, and names those that are", async () => {
    const { exitCode, stderr } = await execa("npm", ["run", "--silent", "logs", "--", "jornal"], {
      cwd: repository,
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.equal(
      stderr.trim(),
      'error: expected one of the apps that run (chat, journal, prisma), got "jornal"',
    );
  });
});
