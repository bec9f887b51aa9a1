import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { local } from "../../shell/paths.js";
import { freePort } from "../../shell/ports.js";
import { appImages, buildImages, type BuiltImage } from "../../toolchain/images.js";
import { pushImages } from "../../toolchain/registry.js";
import { until } from "./platform.js";

// The registry that most others are made from, as a Go module.
const registryModule = "github.com/distribution/distribution/v3/cmd/registry@v3.0.0";
const folder = join(local, "test-tools");
const program = join(folder, "registry");

interface Manifest {
  config: { digest: string };
  layers: { digest: string }[];
}

describe("`npm run up -- --registry`, with a registry that runs", function () {
  this.timeout(900_000); // The registry is built the first time.
  const data = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  let registry: ChildProcess;
  let host: string;
  let built: BuiltImage[];
  let pushed: BuiltImage[];

  before(async () => {
    if (!existsSync(program)) {
      const env = { GOFLAGS: "-mod=mod", GOBIN: folder, CGO_ENABLED: "0", GOWORK: "off" };
      await execa("go", ["install", registryModule], { env });
    }
    host = `127.0.0.1:${await freePort()}`;
    const configuration = {
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: data } },
      http: { addr: host },
    };
    writeFileSync(join(data, "config.json"), JSON.stringify(configuration));
    registry = spawn(program, ["serve", join(data, "config.json")], {
      stdio: "ignore", // It counts as an error, and tells, that a blob is not there yet.
      env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
    });
    await until("a registry that answers", async () =>
      (await fetch(`http://${host}/v2/`)).ok ? undefined : "it does not",
    );
    built = (await buildImages("all", () => undefined)).filter(({ name }) => appImages.includes(name));
    pushed = await pushImages(`${host}/slipway`, built, () => undefined);
  });

  after(async () => {
    if (registry.exitCode === null) {
      const exit = once(registry, "exit");
      registry.kill();
      await exit;
    }
    rmSync(data, { recursive: true });
  });

  /** What the registry has under a reference, as a node would pull it. */
  async function pull(reference: string): Promise<{ text: string; manifest: Manifest }> {
    const [, name = "", digest = ""] = /^[^/]+\/(.+)@(sha256:.+)$/.exec(reference) ?? [];
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const answer = await fetch(`http://${host}/v2/${name}/manifests/${digest}`, { headers: { accept } });
    assert.equal(answer.status, 200, reference);
    assert.equal(answer.headers.get("content-type"), accept);
    const text = await answer.text();
    return { text, manifest: JSON.parse(text) as Manifest };
  }

  it("gives each image of the apps a reference there, by digest", () => {
    assert.deepEqual(pushed.map(({ name }) => name).sort(), [...appImages].sort());
    for (const { name, reference } of pushed)
      assert.match(reference, RegExp(`^${host}/slipway/${name}@sha256:[0-9a-f]{64}$`));
  });

  it("leaves in the registry what the digest names, the same image that the local nodes load", async () => {
    for (const [index, { reference }] of pushed.entries()) {
      const digest = createHash("sha256")
        .update((await pull(reference)).text)
        .digest("hex");
      assert.ok(reference.endsWith(`@sha256:${digest}`), reference);
      assert.ok(built[index]?.reference.endsWith(`@sha256:${digest}`), built[index]?.reference);
    }
  });

  it("leaves every layer and the configuration of each, whole", async () => {
    for (const { name, reference } of pushed) {
      const { config, layers } = (await pull(reference)).manifest;
      assert.ok(layers.length > 0);
      for (const { digest } of [config, ...layers]) {
        const answer = await fetch(`http://${host}/v2/slipway/${name}/blobs/${digest}`);
        const hash = createHash("sha256").update(Buffer.from(await answer.arrayBuffer()));
        assert.equal(`sha256:${hash.digest("hex")}`, digest, name);
      }
    }
  });

  it("gives the same references when it is done again", async () => {
    const again = await pushImages(`${host}/slipway/`, built, () => undefined);
    assert.deepEqual(
      again.map(({ reference }) => reference),
      pushed.map(({ reference }) => reference),
    );
  });

  it("fails when there is no registry, with its address", async () => {
    await assert.rejects(
      pushImages("127.0.0.1:1/slipway", built.slice(0, 1), () => undefined),
      /127\.0\.0\.1:1/,
    );
  });
});
