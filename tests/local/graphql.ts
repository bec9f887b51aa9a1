import { parse } from "yaml";
import { type Answer, type CallOptions, call, kubectl, objects, urlOf } from "./platform.js";

export const inPrisma = (...args: string[]) => kubectl("-n", "prisma", ...args);

let secret: Promise<string> | undefined;

/** What the entry asks for. */
export function managementApiSecret(): Promise<string> {
  secret ??= configDocument().then((text) => {
    const document = parse(text) as { managementApiSecret: string };
    return document.managementApiSecret;
  });
  return secret;
}

/** For when the service was taken away and comes back: with another secret. */
export function forgetSecret(): void {
  secret = undefined;
}

/** PRISMA_CONFIG, as the pods mount it now. */
export async function configDocument(): Promise<string> {
  const [deployment] = await objects("deployments", "-n", "prisma");
  const { secretName } = deployment.spec.template.spec.volumes.find(({ secret }: any) => secret).secret;
  const encoded = await inPrisma("get", "secret", secretName, "-o", "jsonpath={.data.prisma\\.yml}");
  return Buffer.from(encoded, "base64").toString();
}

export interface GraphQLAnswer {
  data?: any;
  errors?: { message: string; extensions: { code: string } }[];
}

/** A request through the entry, by whoever has the secret. */
export async function management(path: string, method = "GET", options: CallOptions = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${await managementApiSecret()}`, ...options.headers };
  return call(`${urlOf("prisma", "http")}${path}`, method, undefined, { ...options, headers });
}

/** A GraphQL request through the entry, as it was answered. */
export async function post(
  query: string,
  variables: object = {},
  options: CallOptions = {},
  app = "prisma",
): Promise<Answer> {
  const headers = { authorization: `Bearer ${await managementApiSecret()}` };
  return call(`${urlOf(app, "http")}/`, "POST", { query, variables }, { ...options, headers });
}

/** Whether a request was refused, or answered with an error. */
export const isFailure = ({ status, body }: Answer) => status >= 400 || body.includes('"errors"');

export async function graphql(query: string, variables: object = {}): Promise<GraphQLAnswer> {
  const { status, body } = await post(query, variables);
  if (status !== 200) throw new Error(`${status} ${body}`);
  return JSON.parse(body) as GraphQLAnswer;
}

/** One statement on the server itself, past the service. */
export async function sql(statement: string): Promise<string> {
  const client = [
    "/bin/mariadb",
    "--no-defaults",
    "--socket=/run/mariadb/mariadb.sock",
    "--skip-column-names",
  ];
  return inPrisma("exec", "mysql-0", "--", ...client, "--execute", statement);
}
