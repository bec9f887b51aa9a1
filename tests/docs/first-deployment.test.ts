import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { mongoUri } from "../../infra/config/chat.js";
import { MONGO_DB_PORTS } from "../../infra/k8s/outside-mongo-db.js";
import { first, found, read, repository } from "./runbooks.js";

describe("docs/runbooks", () => {
  it("explain every value of dev's stack file that names somebody's own project, account, network or domain", () => {
    const dev = (parse(read("Pulumi.dev.yaml")) as { config: Record<string, any> }).config;
    const explained = found(/^\| (`slipway:.*?)\|/gm, first).join(" ");
    const { gcp, aws } = { gcp: dev["slipway:gcp"], aws: dev["slipway:aws"] };
    const own = [
      ["domain", dev["slipway:domain"]],
      ["gcp.project", gcp.project],
      ["gcp.gitHubRepository", gcp.gitHubRepository],
      ["aws.accountId", aws.accountId],
      ["aws.eks.reachableFrom", aws.eks.reachableFrom],
      ["aws.hostedZone", aws.hostedZone],
      ["aws.gitHubRepository", aws.gitHubRepository],
    ];
    assert.deepEqual(
      own.filter(([key, value]) => value === undefined || !explained.includes(`\`slipway:${key}\``)),
      [],
    );
  });

  it("say beforehand which MongoDB one needs, with addresses that the schema takes and the ports that pods may call", () => {
    const [, beforehand = ""] = first.split(/^## /m);
    const addresses = found(/`(mongodb(?:\+srv)?:[^`]+)`/g, beforehand);
    assert.deepEqual(
      addresses.map((uri) => mongoUri.safeParse(uri).success),
      [true, true],
    );
    for (const port of MONGO_DB_PORTS) assert.ok(beforehand.includes(String(port)), String(port));
  });

  it("answer every question of signing in to AWS, after the steps in the console that make the answers", () => {
    const section = first.split(/^## /m).find((text) => text.startsWith("3. AWS")) ?? "";
    assert.deepEqual(
      found(/^\| (SSO [\w ]+?|account and role|default [\w ]+?|output [\w ]+?) +\|/gm, section),
      [
        "SSO region",
        "SSO registration scopes",
        "SSO session name",
        "SSO start URL",
        "account and role",
        "default client Region",
        "output format",
      ],
    );
    const steps = [
      /^1\. .*Enable/m,
      /^2\. "Users"/m,
      /^3\. "Permission sets"/m,
      /^4\. "AWS accounts"/m,
      /^5\. .*portal/m,
    ];
    const places = [...steps.map((step) => section.search(step)), section.indexOf("aws configure sso")];
    assert.ok(!places.includes(-1));
    assert.deepEqual(
      places,
      [...places].sort((one, other) => one - other),
    );
  });

  it("set for a person's pulumi what the workflow sets for its own, before the first that changes anything", () => {
    const env = parse(read(".github/workflows/stack.yml")).jobs.pulumi.env as Record<string, string>;
    const exports = first.slice(0, first.indexOf("pulumi up --stack dev\n"));
    const set = found(/(?:^export| )\b(PULUMI_\w+)=/gm, exports);
    const wanted = Object.keys(env).filter((name) => /^PULUMI_(?!SKIP_)/.test(name));
    assert.deepEqual(wanted, ["PULUMI_BACKEND_URL", "PULUMI_K8S_ENABLE_PATCH_FORCE"]);
    assert.deepEqual(set, wanted);
    const [preamble = ""] = read("docs/runbooks/stuck.md").split("\n## ");
    for (const name of wanted) assert.ok(preamble.includes(name), name);
  });

  it("fill in every variable that a workflow reads, and no other", () => {
    const workflows = readdirSync(join(repository, ".github/workflows")).map((file) =>
      read(`.github/workflows/${file}`),
    );
    const set = [...found(/gh variable set (\w+)/g, first), ...found(/^- `(RUNNER)`/gm, first)].sort();
    assert.deepEqual(set, found(/\bvars\.(\w+)/g, workflows.join("\n")));
  });

  it("read of the identities what the clouds' components give", () => {
    const given = ["gcp", "aws"].map((cloud) => read(`infra/${cloud}/ci-identity.ts`)).join("\n");
    const fields = found(/readonly (\w+): pulumi\.Output/g, given);
    for (const role of ["deploy", "preview", "drift"]) {
      for (const field of [`${role}ServiceAccount`, `${role}RoleArn`])
        assert.ok(fields.includes(field), field);
    }
    assert.ok(fields.includes("workloadIdentityProvider"));
    assert.match(first, /\.gcp\.workloadIdentityProvider/);
    assert.match(first, /\.gcp\.\$2ServiceAccount/);
    assert.match(first, /\.aws\.\$2RoleArn/);
  });

  it("set up each environment that a workflow names: its variables, its way to the state, and who gets there", () => {
    const workflows = readdirSync(join(repository, ".github/workflows")).map((file) =>
      read(`.github/workflows/${file}`),
    );
    const named = found(
      /^ +environment: (?:dev|prod|\$\{\{ matrix\.stack \}\})(-\w+)?$/gm,
      workflows.join("\n"),
    );
    assert.deepEqual(named, ["", "-drift", "-preview"]);
    const roles = found(/^may_use_state (\w+) /gm, first);
    assert.deepEqual(roles, ["deploy", "drift", "preview"]);
    for (const ending of named) {
      const role = ending === "" ? "deploy" : ending.slice(1);
      assert.match(first, new RegExp(`^set_variables dev${ending} ${role}$`, "m"));
    }
    assert.deepEqual(found(/^for environment in (.*); do$/gm, first), ["dev dev-drift"]);
  });
});
