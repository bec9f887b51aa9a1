import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { installRandomProvider } from "../../../engine/random-provider/install.js";
import { ID, PASSWORD, urnOf } from "./calls.js";

/** Pulumi's mark of a secret on the wire, written out: the protocol must not follow the provider's own idea. */
const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const repositoryRoot = resolve(import.meta.dirname, "../../..");

describe("the provider's process, as the engine starts and calls it", () => {
  let pulumiHome: string;
  let provider: ChildProcess;
  let client: ResourceProviderClient;

  before(async () => {
    pulumiHome = mkdtempSync(join(tmpdir(), "pulumi home's "));
    const executable = await installRandomProvider(pulumiHome, repositoryRoot);
    provider = spawn(executable, ["127.0.0.1:1"], { cwd: pulumiHome, stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: provider.stdout as NodeJS.ReadableStream });
    const [port] = (await once(lines, "line")) as [string];
    assert.match(port, /^\d+$/);
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });

  after(async () => {
    client.close();
    const ended = once(provider, "exit");
    provider.kill();
    await ended;
    rmSync(pulumiHome, { recursive: true });
  });

  it("tells its version", async () => {
    const info = await call<{ getVersion(): string }>((done) =>
      client.getPluginInfo(new empty.Empty(), done),
    );
    assert.equal(info.getVersion(), "4.21.2");
  });

  it("accepts secrets", async () => {
    const request = new messages.ConfigureRequest().setAcceptsecrets(true);
    const answer = await call<messages.ConfigureResponse>((done) => client.configure(request, done));
    assert.equal(answer.getAcceptsecrets(), true);
  });

  it("reports every failure of a check with its property", async () => {
    const request = new messages.CheckRequest()
      .setUrn(urnOf(PASSWORD))
      .setOlds(properties({}))
      .setNews(properties({ length: 0, upper: "no", size: 3 }));
    const answer = await call<messages.CheckResponse>((done) => client.check(request, done));
    assert.deepEqual(
      answer.getFailuresList().map((failure) => failure.getProperty()),
      ["size", "length", "upper"],
    );
  });

  it("asks for a replacement when a keeper changes", async () => {
    const request = new messages.DiffRequest()
      .setId("p-9hUg")
      .setUrn(urnOf(ID))
      .setOlds(properties({ byteLength: 3, keepers: { image: "v1" }, hex: "a7d854" }))
      .setNews(properties({ byteLength: 3, keepers: { image: "v2" } }));
    const answer = await call<messages.DiffResponse>((done) => client.diff(request, done));
    assert.equal(answer.getChanges(), messages.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(answer.getReplacesList(), ["keepers"]);
  });

  it("sees no change between a state and the same inputs", async () => {
    const request = new messages.DiffRequest()
      .setUrn(urnOf(ID))
      .setOlds(properties({ byteLength: 3, hex: "a7d854" }))
      .setNews(properties({ byteLength: 3 }));
    const answer = await call<messages.DiffResponse>((done) => client.diff(request, done));
    assert.equal(answer.getChanges(), messages.DiffResponse.DiffChanges.DIFF_NONE);
    assert.deepEqual(answer.getReplacesList(), []);
  });

  it("wraps the password and its hash as secrets, and leaves a secret input one", async () => {
    const keepers = { ...SECRET_MARK, value: { image: "v1" } };
    const request = new messages.CreateRequest()
      .setUrn(urnOf(PASSWORD))
      .setProperties(properties({ length: 12, keepers }));
    const answer = await call<messages.CreateResponse>((done) => client.create(request, done));
    const { result, bcryptHash, ...others } = answer.getProperties()?.toJavaScript() as Record<
      string,
      unknown
    >;
    const { value: password, ...mark } = result as { value: string };
    const { value: hash, ...hashMark } = bcryptHash as { value: string };
    assert.deepEqual([mark, hashMark, others["keepers"]], [SECRET_MARK, SECRET_MARK, keepers]);
    assert.equal(password.length, 12);
    assert.equal(hash.length, 60);
    assert.equal(JSON.stringify([others, answer.getId()]).includes(password), false);
  });

  it("ends when the engine is gone", async () => {
    const executable = await installRandomProvider(pulumiHome, repositoryRoot);
    const engine = spawn("sh", ["-c", '"$0" & wait', executable], { stdio: ["ignore", "pipe", "inherit"] });
    await once(createInterface({ input: engine.stdout }), "line");
    engine.kill("SIGKILL");
    // The pipe is the provider's too, so it stays open for as long as the provider lives.
    await once(engine.stdout, "close", { signal: AbortSignal.timeout(5000) });
  });

  it("deletes without ado", async () => {
    const request = new messages.DeleteRequest().setUrn(urnOf(ID)).setProperties(properties({}));
    await call((done) => client.delete(request, done));
  });
});

function properties(values: Record<string, struct.JavaScriptValue>): struct.Struct {
  return struct.Struct.fromJavaScript(values);
}

function call<T>(start: (done: (error: grpc.ServiceError | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}
