import { randomUUID } from "node:crypto";
import { isFailure, post } from "./graphql.js";
import { type Load, startLoad } from "./load.js";
import { objects } from "./platform.js";

const ofService = ["-n", "prisma", "-l", "app.kubernetes.io/component=prisma"];
const CREATE = "mutation ($data: UserCreate!) { createUser(data: $data) { id } }";

/** The GraphQL service's Deployment, as the cluster has it. */
export async function serviceDeployment(): Promise<any> {
  const [deployment] = await objects("deployments", ...ofService);
  return deployment;
}

export const podNames = async () =>
  (await objects("pods", ...ofService)).map(({ metadata }) => metadata.name as string);

/**
 * Reads and writes in turn, at a steady pace over kept connections.
 *
 * @param domain of the addresses of the users that it makes.
 */
export const readAndWrite = (requestsPerSec: number, domain: string, app = "prisma"): Load =>
  startLoad(
    (count, agent) => {
      const id = randomUUID();
      return count % 2 === 0
        ? post("{ posts { title author { name } } }", {}, { agent }, app)
        : post(CREATE, { data: { id, email: `${id}@${domain}`, name: "load" } }, { agent }, app);
    },
    requestsPerSec,
    isFailure,
  );
