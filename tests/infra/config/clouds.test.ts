import assert from "node:assert/strict";
import { aws } from "../../../infra/config/aws.js";
import { gcp } from "../../../infra/config/gcp.js";

const google = { project: "acme-dev", region: "europe-west1" };
const amazon = { accountId: "111111111111", region: "us-west-2", eks: {} };

/** Each problem as "path: message". */
const problemsOf = (schema: typeof gcp | typeof aws, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("infra/config/gcp", () => {
  it("needs a project and a region, and nothing else", () => {
    assert.deepEqual(problemsOf(gcp, google), []);
    assert.deepEqual(problemsOf(gcp, undefined), []);
    assert.deepEqual(
      problemsOf(gcp, {}).map((problem) => problem.split(":")[0]),
      ["project", "region"],
    );
  });

  for (const [what, change, problem] of [
    [
      "a project that Google would refuse",
      { project: "Acme" },
      "project: expected a Google Cloud project id such as",
    ],
    ["a zone for a region", { region: "europe-west1-b" }, "region: expected a region such as"],
    [
      "a zone of another region",
      { gke: { zone: "us-central1-a" } },
      "gke.zone: expected a zone of slipway:gcp.region",
    ],
    [
      "fewer nodes at most than at least",
      { gke: { minNodes: 3, maxNodes: 2 } },
      "gke.minNodes: expected at most maxNodes",
    ],
    [
      "a time that is none",
      { gke: { maintenanceStart: "2:00" } },
      "gke.maintenanceStart: expected a time of the day",
    ],
    [
      "a channel that GKE does not have",
      { gke: { releaseChannel: "FAST" } },
      "gke.releaseChannel: Invalid option",
    ],
    ["a misspelt key", { gke: { machine: "e2-small" } }, 'gke: Unrecognized key: "machine"'],
    ...["t2a-standard-4", "c4a-highmem-8", "n4a-standard-2", "a4x-highgpu-4g"].map(
      (machineType): [string, object, string] => [
        `the ARM machine type ${machineType}`,
        { gke: { machineType } },
        'gke.machineType: expected an x86-64 machine type such as "e2-standard-4", which the images are built for',
      ],
    ),
    [
      "a MySQL that is not offered",
      { cloudSql: { databaseVersion: "MYSQL_8_0" } },
      "cloudSql.databaseVersion: Invalid",
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const problems = problemsOf(gcp, { ...google, ...change });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(problem), problems[0]);
    });
  }
});

describe("infra/config/aws", () => {
  it("needs an account, a region and the cluster's block, and nothing else", () => {
    assert.deepEqual(problemsOf(aws, amazon), []);
    assert.deepEqual(problemsOf(aws, undefined), []);
    assert.deepEqual(
      problemsOf(aws, {}).map((problem) => problem.split(":")[0]),
      ["accountId", "region", "eks"],
    );
  });

  for (const [what, change, problem] of [
    [
      "an account without its leading zeros",
      { accountId: 1111 },
      "accountId: Invalid input: expected string",
    ],
    [
      "an account of eleven digits",
      { accountId: "11111111111" },
      "accountId: expected an AWS account id in quotes",
    ],
    ["a single zone", { network: { zones: ["us-west-2a"] } }, "network.zones: Too small"],
    [
      "zones of another region",
      { network: { zones: ["us-east-1a", "us-east-1b"] } },
      "network.zones: expected zones of slipway:aws.region",
    ],
    [
      "a version that YAML made a number",
      { eks: { version: 1.34 } },
      "eks.version: Invalid input: expected string",
    ],
    [
      "fewer nodes at most than at least",
      { eks: { minNodes: 3, maxNodes: 2 } },
      "eks.minNodes: expected at most maxNodes",
    ],
    [
      "fewer nodes than the least",
      { eks: { minNodes: 3, desiredNodes: 2 } },
      "eks.desiredNodes: expected at least minNodes",
    ],
    [
      "more nodes than the most",
      { eks: { desiredNodes: 4, maxNodes: 3 } },
      "eks.desiredNodes: expected at most maxNodes",
    ],
    [
      "an admin that is no ARN",
      { eks: { admins: ["root"] } },
      "eks.admins.0: expected the ARN of an IAM role or user",
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const problems = problemsOf(aws, { ...amazon, ...change });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(problem), problems[0]);
    });
  }
});
