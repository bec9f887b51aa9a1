import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../../shell/paths.js";

/**
 * Does what the CLI's own Node.js host does, which cannot be had from a package registry: starts Pulumi's program for
 * running programs with the `nodeargs` and the `main` of Pulumi.yaml.
 *
 * @returns the address to give to the CLI, and how to end the host.
 */
export async function startLanguageHost(): Promise<{ address: string; stop: () => void }> {
  const server = new grpc.Server();
  server.addService((languageGrpc as any).LanguageRuntimeService, {
    getPluginInfo: answer(() => {
      const info = new plugin.PluginInfo();
      info.setVersion("1.0.0");
      return info;
    }),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    run: (call: { request: any }, callback: (error: Error | null, response?: unknown) => void) => {
      runProgram(call.request).then(
        () => {
          callback(null, new language.RunResponse());
        },
        (error: unknown) => {
          const response = new language.RunResponse();
          response.setError(`the program failed: ${String((error as { stderr?: string }).stderr ?? error)}`);
          callback(null, response);
        },
      );
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    stop: () => {
      server.forceShutdown();
    },
  };
}

const answer = (make: () => unknown) => (_: unknown, callback: (error: null, response: unknown) => void) => {
  callback(null, make());
};

async function runProgram(request: any): Promise<void> {
  const { main, runtime } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as {
    main: string;
    runtime: { options: { nodeargs: string; typescript?: boolean } };
  };
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: request.getArgsList()[0],
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    pwd: repository,
    parallel: String(request.getParallel()),
    "root-directory": repository,
  };
  const config = Object.fromEntries(request.getConfigMap().entries() as Iterable<[string, string]>);
  await execa(
    "node",
    [
      ...runtime.options.nodeargs.split(" "),
      join(repository, "node_modules/@pulumi/pulumi/cmd/run/index.js"),
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      join(repository, main),
    ],
    {
      cwd: repository,
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: String(runtime.options.typescript ?? true),
      },
    },
  );
}
