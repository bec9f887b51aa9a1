import * as grpc from "@grpc/grpc-js";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { EventsService } from "@pulumi/pulumi/proto/events_grpc_pb.js";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

/** What the engine did, or would do, to one resource. */
export interface Step {
  /** Such as "create", "update", "replace", "create-replacement", "delete-replaced", "delete". */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;

  /** Paths of the inputs that differ. */
  readonly diffs: readonly string[];

  /** Those of them that make it a new resource. */
  readonly replaceKeys: readonly string[];
}

/** Where the engine tells, as it happens, what it does. */
export interface EventServer {
  /** For the engine's `--event-log`. */
  readonly address: string;
  close(): void;
}

/** Listens for the events of one run of the engine. */
export async function listenForEvents(onEvent: (event: EngineEvent) => void): Promise<EventServer> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(EventsService, {
    streamEvents(
      call: grpc.ServerReadableStream<EventRequest, empty.Empty>,
      answer: grpc.sendUnaryData<empty.Empty>,
    ) {
      call.on("data", (request: EventRequest) => {
        onEvent(JSON.parse(request.getEvent()) as EngineEvent);
      });
      call.on("end", () => {
        answer(null, new empty.Empty());
      });
      // The engine was killed: that is told by its exit.
      call.on("error", () => undefined);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    address: `tcp://127.0.0.1:${port}`,
    close: () => {
      server.forceShutdown();
    },
  };
}

/** The step that an event announces; undefined for other events, and for what stays as it is. */
export function stepOf({ resourcePreEvent }: EngineEvent): Step | undefined {
  if (resourcePreEvent === undefined) return undefined;
  const { op, urn, type, diffs, keys, detailedDiff } = resourcePreEvent.metadata as StepEventMetadata & {
    keys?: string[] | null;
    diffs?: string[] | null;
  };
  if (op === "same") return undefined;
  return {
    op,
    urn,
    type,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    diffs: [...new Set([...Object.keys(detailedDiff ?? {}), ...(diffs ?? [])])],
    replaceKeys: keys ?? [],
  };
}
