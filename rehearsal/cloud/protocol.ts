import * as grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { mapValues, present, type Properties } from "../../engine/random-provider/wire.js";

/** What a resource is, as the engine names it in every call. */
export interface Subject {
  /** Such as "gcp:compute/network:Network". */
  readonly token: string;

  /** Its name in the program. */
  readonly name: string;

  /** The configuration of the provider that it goes through. */
  readonly config: Properties;
}

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** One changed property, such as "settings.tier". */
export interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** A provider behind Pulumi's protocol: properties as on the wire, secrets and unknowns marked. */
export interface WireProvider {
  readonly version: string;
  checkConfig?(config: Properties): readonly Failure[];
  check(
    subject: Subject,
    olds: Properties,
    news: Properties,
    seed: Uint8Array,
  ): Promise<{ inputs: Properties; failures: readonly Failure[] }>;
  diff(subject: Subject, id: string, before: Before, news: Properties): Promise<readonly Change[]>;
  create(subject: Subject, inputs: Properties): Promise<{ id: string; outputs: Properties }>;
  update(subject: Subject, id: string, before: Before, news: Properties): Promise<Properties>;

  /** What a preview knows of the outputs: after a change of what was there before, or of a new one. */
  foresee(subject: Subject, inputs: Properties, before: Before | undefined): Properties;
  read(
    subject: Subject,
    id: string,
    before: Before,
  ): Promise<{ inputs: Properties; outputs: Properties } | undefined>;
  delete(subject: Subject, id: string, before: Before): Promise<void>;
  invoke?(token: string, args: Properties, config: Properties): Promise<Properties>;
}

export interface Before {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** Serves the provider on a port of 127.0.0.1 that is free, for any number of engines, one after the other. */
export async function serve(provider: WireProvider): Promise<{ port: number; close: () => void }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, implementation(provider));
  return await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else
        resolve({
          port,
          close: () => {
            server.forceShutdown();
          },
        });
    });
  });
}

type Call<T> = grpc.ServerUnaryCall<T, unknown>;
type Answer = (error: Partial<grpc.StatusObject> | null, value?: unknown) => void;

/** A handler that answers with what the function gives or throws. */
function handler<T>(handle: (request: T, call: Call<T>) => unknown) {
  return (call: Call<T>, answer: Answer) => {
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (value) => {
          answer(null, value);
        },
        (error: unknown) => {
          answer({ code: grpc.status.UNKNOWN, details: (error as Error).message });
        },
      );
  };
}

/** Gives the resource that a call is about. */
type SubjectOf = (request: { getType(): string; getName(): string }, call: Call<unknown>) => Subject;

function implementation(provider: WireProvider): grpc.UntypedServiceImplementation {
  // Each provider resource of a program has a connection of its own, which is all that tells them apart.
  const configs = new Map<string, Properties>();
  const subjectOf: SubjectOf = (request, call) => ({
    token: request.getType(),
    name: request.getName(),
    config: configs.get(call.getPeer()) ?? {},
  });
  const configure = handler((request: messages.ConfigureRequest, call) => {
    configs.set(call.getPeer(), read(request.getArgs()));
    return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  });
  const invoke = handler(async (request: messages.InvokeRequest, call) => {
    if (provider.invoke === undefined) throw new Error(`function ${request.getTok()} is not simulated`);
    const config = configs.get(call.getPeer()) ?? {};
    const answer = await provider.invoke(request.getTok(), read(request.getArgs()), config);
    return new messages.InvokeResponse().setReturn(write(answer));
  });
  return {
    configure,
    invoke,
    ...ofTheProvider(provider),
    ...ofResources(provider, subjectOf),
    ...ofExisting(provider, subjectOf),
  };
}

/** Calls about the provider itself. */
function ofTheProvider(provider: WireProvider): grpc.UntypedServiceImplementation {
  return {
    attach: handler(() => new empty.Empty()),
    cancel: handler(() => new empty.Empty()),
    getPluginInfo: handler(() => new plugin.PluginInfo().setVersion(provider.version)),
    getSchema: handler(() => new messages.GetSchemaResponse().setSchema("{}")),

    checkConfig: handler((request: messages.CheckRequest) => {
      const news = read(request.getNews());
      return checkResponse(news, provider.checkConfig?.(news) ?? []);
    }),

    diffConfig: handler(() =>
      // Another region or account of a provider moves nothing that exists.
      new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
    ),
  };
}

/** Calls about a resource that may not exist yet. */
function ofResources(provider: WireProvider, subjectOf: SubjectOf): grpc.UntypedServiceImplementation {
  return {
    check: handler(async (request: messages.CheckRequest, call) => {
      const [olds, news] = [read(request.getOlds()), read(request.getNews())];
      const seed = request.getRandomseed_asU8();
      const { inputs, failures } = await provider.check(subjectOf(request, call), olds, news, seed);
      return checkResponse(inputs, failures);
    }),

    create: handler(async (request: messages.CreateRequest, call) => {
      const [subject, inputs] = [subjectOf(request, call), read(request.getProperties())];
      if (request.getPreview()) {
        return new messages.CreateResponse().setProperties(
          write(provider.foresee(subject, inputs, undefined)),
        );
      }
      const { id, outputs } = await provider.create(subject, inputs);
      return new messages.CreateResponse().setId(id).setProperties(write(outputs));
    }),

    read: handler(async (request: messages.ReadRequest, call) => {
      const before = { inputs: read(request.getInputs()), outputs: read(request.getProperties()) };
      const found = await provider.read(subjectOf(request, call), request.getId(), before);
      if (found === undefined) return new messages.ReadResponse();
      const response = new messages.ReadResponse().setId(request.getId());
      return response.setProperties(write(found.outputs)).setInputs(write(found.inputs));
    }),
  };
}

/** Calls about a resource that the state tells of. */
function ofExisting(provider: WireProvider, subjectOf: SubjectOf): grpc.UntypedServiceImplementation {
  const beforeOf = (request: messages.DiffRequest | messages.UpdateRequest): Before => ({
    inputs: read(request.getOldInputs()),
    outputs: read(request.getOlds()),
  });
  return {
    diff: handler(async (request: messages.DiffRequest, call) => {
      const news = read(request.getNews());
      const changes = await provider.diff(subjectOf(request, call), request.getId(), beforeOf(request), news);
      return diffResponse(changes);
    }),

    update: handler(async (request: messages.UpdateRequest, call) => {
      const [subject, news] = [subjectOf(request, call), read(request.getNews())];
      const outputs = request.getPreview()
        ? provider.foresee(subject, news, beforeOf(request))
        : await provider.update(subject, request.getId(), beforeOf(request), news);
      return new messages.UpdateResponse().setProperties(write(outputs));
    }),

    delete: handler(async (request: messages.DeleteRequest, call) => {
      const before = { inputs: read(request.getOldInputs()), outputs: read(request.getProperties()) };
      await provider.delete(subjectOf(request, call), request.getId(), before);
      return new empty.Empty();
    }),
  };
}

const read = (properties: struct.Struct | undefined) => (properties?.toJavaScript() ?? {}) as Properties;

const write = (properties: Properties) =>
  struct.Struct.fromJavaScript(withoutAbsent(properties) as Record<string, JavaScriptValue>);

/** The wire knows null, but no undefined. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== "object" || value === null) return value;
  return mapValues(present(value as Properties), withoutAbsent);
}

function checkResponse(inputs: Properties, failures: readonly Failure[]): messages.CheckResponse {
  const list = failures.map(({ property, reason }) =>
    new messages.CheckFailure().setProperty(property).setReason(reason),
  );
  return new messages.CheckResponse().setInputs(write(inputs)).setFailuresList(list);
}

function diffResponse(changes: readonly Change[]): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse().setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDiffsList([...new Set(changes.map(({ path }) => topOf(path)))]);
  response.setReplacesList([
    ...new Set(changes.filter(({ replaces }) => replaces).map(({ path }) => topOf(path))),
  ]);
  for (const { path, kind, replaces } of changes) {
    const name =
      `${kind}${replaces ? "_replace" : ""}`.toUpperCase() as keyof typeof messages.PropertyDiff.Kind;
    const difference = new messages.PropertyDiff()
      .setKind(messages.PropertyDiff.Kind[name])
      .setInputdiff(true);
    response.getDetaileddiffMap().set(path, difference);
  }
  return response;
}

const topOf = (path: string) => path.replace(/[.[].*$/, "");
