import * as grpc from "@grpc/grpc-js";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

// The program of one checkout, for any number of engines one after the other: what takes long, loading the SDKs, is
// done once. It runs with the SDK of its own checkout, of which there must be one only in a process.
const [entry = ""] = process.argv.slice(2);
const own = createRequire(pathToFileURL(entry));
type Program = () => Promise<Record<string, unknown>>;
const { LanguageServer } = own("@pulumi/pulumi/automation/server.js") as {
  LanguageServer: new (program: Program) => grpc.UntypedServiceImplementation;
};
const { LanguageRuntimeService } = own("@pulumi/pulumi/proto/language_grpc_pb.js") as {
  LanguageRuntimeService: grpc.ServiceDefinition;
};

let runs = 0;
// A module runs once under one address, and each run of the engine needs its own.
const program: Program = async () => ({
  ...((await import(`${pathToFileURL(entry).href}?run=${++runs}`)) as Record<string, unknown>),
});

process.chdir(join(dirname(entry), ".."));
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(LanguageRuntimeService, new LanguageServer(program));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ port });
});
