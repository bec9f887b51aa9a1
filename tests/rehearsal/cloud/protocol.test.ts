import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "../../../engine/random-provider/wire.js";
import { type Subject, type WireProvider, serve } from "../../../rehearsal/cloud/protocol.js";

const subjects: Subject[] = [];

/** Answers by what it is asked, so that a test sees what went over the wire. */
const provider: WireProvider = {
  version: "1.2.3",
  checkConfig: (config) => (config.region ? [] : [{ property: "region", reason: "expected one" }]),
  check(subject, olds, news, seed) {
    subjects.push(subject);
    const failures = news.bad ? [{ property: "bad", reason: "expected good" }] : [];
    return Promise.resolve({ inputs: { ...news, was: olds.name, seed: [...seed] }, failures });
  },
  diff: (_subject, id, before, news) =>
    Promise.resolve([
      { path: "disk.size", kind: "update", replaces: false },
      { path: `zones[${id}]`, kind: "add", replaces: true },
      { path: String(before.inputs.from), kind: "delete", replaces: Boolean(news.hard) },
    ]),
  create: (_subject, inputs) => Promise.resolve({ id: "made", outputs: { ...inputs, absent: undefined } }),
  update: (_subject, id, before, news) => Promise.resolve({ id, was: before.outputs.size, size: news.size }),
  foresee: (_subject, inputs, before) => ({ ...inputs, foreseen: before ? "change" : "creation" }),
  read: (_subject, id, before) =>
    Promise.resolve(id === "gone" ? undefined : { inputs: before.inputs, outputs: { id } }),
  delete: (_subject, id) => (id === "held" ? Promise.reject(new Error("it is in use")) : Promise.resolve()),
  invoke: (token, args, config) => Promise.resolve({ token, args, config }),
};

describe("rehearsal/cloud/protocol, as the engine speaks it", () => {
  let port: number;
  let close: () => void;
  let client: ResourceProviderClient;
  const clients: ResourceProviderClient[] = [];

  function connect(): ResourceProviderClient {
    // A connection of its own, as each provider resource of a program has one.
    const options = { "grpc.use_local_subchannel_pool": 1 };
    const made = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    clients.push(made);
    return made;
  }

  before(async () => {
    ({ port, close } = await serve(provider));
    client = connect();
  });

  after(() => {
    for (const one of clients) one.close();
    close();
  });

  const properties = (values: Properties) => struct.Struct.fromJavaScript(values as Record<string, any>);
  const call = <T>(
    invoke: (done: (error: grpc.ServiceError | null, answer: T) => void) => unknown,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      invoke((error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });

  it("tells its version, and that it takes secrets and previews", async () => {
    const info = await call<any>((done) => client.getPluginInfo(new empty.Empty(), done));
    assert.equal(info.getVersion(), "1.2.3");
    const request = new messages.ConfigureRequest().setArgs(properties({ region: "here" }));
    const answer = await call<messages.ConfigureResponse>((done) => client.configure(request, done));
    assert.deepEqual([answer.getAcceptsecrets(), answer.getSupportspreview()], [true, true]);
  });

  it("keeps the configurations of two provider resources apart", async () => {
    const other = connect();
    for (const [one, region] of [
      [client, "here"],
      [other, "there"],
    ] as const) {
      const request = new messages.ConfigureRequest().setArgs(properties({ region }));
      await call((done) => one.configure(request, done));
    }
    const request = new messages.InvokeRequest().setTok("a:b:c").setArgs(properties({ name: "x" }));
    for (const [one, region] of [
      [client, "here"],
      [other, "there"],
    ] as const) {
      const answer = await call<messages.InvokeResponse>((done) => one.invoke(request, done));
      assert.deepEqual(answer.getReturn()?.toJavaScript(), {
        token: "a:b:c",
        args: { name: "x" },
        config: { region },
      });
    }
  });

  it("passes the type, the name, what was before and the engine's seed to a check, and its failures back", async () => {
    const request = new messages.CheckRequest()
      .setType("gcp:compute/network:Network")
      .setName("main")
      .setOlds(properties({ name: "old" }))
      .setNews(properties({ bad: true }))
      .setRandomseed(new Uint8Array([7, 8]));
    const answer = await call<messages.CheckResponse>((done) => client.check(request, done));
    assert.deepEqual(answer.getInputs()?.toJavaScript(), { bad: true, was: "old", seed: [7, 8] });
    assert.deepEqual(
      answer.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]),
      [["bad", "expected good"]],
    );
    assert.deepEqual(
      [subjects.at(-1)?.token, subjects.at(-1)?.name],
      ["gcp:compute/network:Network", "main"],
    );
  });

  it("checks the configuration of a provider", async () => {
    const request = new messages.CheckRequest().setNews(properties({}));
    const answer = await call<messages.CheckResponse>((done) => client.checkConfig(request, done));
    assert.equal(answer.getFailuresList()[0]?.getProperty(), "region");
  });

  it("tells the engine each path that differs, how, and which of them replace", async () => {
    const request = new messages.DiffRequest()
      .setId("3")
      .setOldInputs(properties({ from: "name" }))
      .setOlds(properties({}))
      .setNews(properties({ hard: true }));
    const answer = await call<messages.DiffResponse>((done) => client.diff(request, done));
    assert.equal(answer.getChanges(), messages.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(answer.getDiffsList(), ["disk", "zones", "name"]);
    assert.deepEqual(answer.getReplacesList(), ["zones", "name"]);
    const { Kind } = messages.PropertyDiff;
    const detailed = answer.getDetaileddiffMap();
    assert.deepEqual(
      [...detailed.entries()].map(([path, difference]: any) => [path, difference.getKind()]),
      [
        ["disk.size", Kind.UPDATE],
        ["name", Kind.DELETE_REPLACE],
        ["zones[3]", Kind.ADD_REPLACE],
      ],
    );
  });

  it("creates and updates, or in a preview only foresees it", async () => {
    const create = (preview: boolean) =>
      call<messages.CreateResponse>((done) =>
        client.create(
          new messages.CreateRequest().setProperties(properties({ size: 1 })).setPreview(preview),
          done,
        ),
      );
    const made = await create(false);
    assert.deepEqual([made.getId(), made.getProperties()?.toJavaScript()], ["made", { size: 1 }]);
    assert.deepEqual((await create(true)).getProperties()?.toJavaScript(), { size: 1, foreseen: "creation" });
    const update = (preview: boolean) => {
      const request = new messages.UpdateRequest().setId("it").setOlds(properties({ size: 1 }));
      request.setNews(properties({ size: 2 })).setPreview(preview);
      return call<messages.UpdateResponse>((done) => client.update(request, done));
    };
    assert.deepEqual((await update(false)).getProperties()?.toJavaScript(), { id: "it", was: 1, size: 2 });
    assert.deepEqual((await update(true)).getProperties()?.toJavaScript(), { size: 2, foreseen: "change" });
  });

  it("reads what is there, and has no id for what is not", async () => {
    const read = (id: string) =>
      call<messages.ReadResponse>((done) =>
        client.read(new messages.ReadRequest().setId(id).setInputs(properties({ a: 1 })), done),
      );
    assert.deepEqual((await read("it")).getInputs()?.toJavaScript(), { a: 1 });
    assert.equal((await read("gone")).getId(), "");
  });

  it("hands the cloud's refusal to the engine as it is", async () => {
    const request = new messages.DeleteRequest().setId("held").setProperties(properties({}));
    await assert.rejects(
      call((done) => client.delete(request, done)),
      { code: grpc.status.UNKNOWN, details: "it is in use" },
    );
  });
});
