import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { mongoUri } from "../../infra/config/chat.js";
import { settings } from "../../infra/config.js";
import { MONGO_DB_PORTS } from "../../infra/k8s/outside-mongo-db.js";

const repository = join(import.meta.dirname, "../..");
const folder = join(repository, "docs/runbooks");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const runbooks = readdirSync(folder).map((file) => ({
  file,
  text: readFileSync(join(folder, file), "utf8"),
}));
const first = read("docs/runbooks/first-deployment.md");

const scriptsOf = (path: string) => (JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts;
const scripts = { ...scriptsOf("package.json"), ...scriptsOf("apps/prisma/package.json") };
const found = (pattern: RegExp, text = runbooks.map((runbook) => runbook.text).join("\n")) =>
  [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))].sort();

/** Commands of shell blocks, as they are typed. */
const commands = runbooks.flatMap(({ text }) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n")),
);

/** Whether the schema has such a path below one of its keys. */
function isSetting(path: string): boolean {
  const [key = "", ...rest] = path.split(".");
  let schema: any = settings[key as keyof typeof settings];
  for (const name of rest) {
    while (schema?.unwrap) schema = schema.unwrap();
    schema = schema?.shape?.[name];
  }
  return schema !== undefined;
}

describe("docs/runbooks", () => {
  it("are backups, the first deployment, one's own models, and what to do when something is stuck", () => {
    assert.deepEqual(runbooks.map(({ file }) => file).sort(), [
      "backup-and-restore.md",
      "first-deployment.md",
      "own-models.md",
      "stuck.md",
    ]);
    assert.ok(commands.length >= 60, `found only ${commands.length} commands`);
  });

  it("name only npm scripts that package.json has", () => {
    const named = found(/npm run ([\w:]+)/g);
    assert.deepEqual(named, [
      "backup",
      "check",
      "diff",
      "doctor",
      "down",
      "generate",
      "preview",
      "push",
      "restore",
      "status",
      "up",
    ]);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it("name only keys of the stack file that the schema has", () => {
    const keys = found(/slipway:([\w.]+\w)/g);
    assert.ok(keys.length >= 14, `found only ${keys.length} keys`);
    assert.deepEqual(
      keys.filter((key) => !isSetting(key)),
      [],
    );
    assert.equal(isSetting("gcp.gke.nowhere"), false);
  });

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

  it("ask only for outputs that the program has", () => {
    const outputs = found(/export const \{([\w,\s]+)\}/g, read("infra/index.ts"))
      .join()
      .split(",")
      .map((name) => name.trim());
    const named = found(/pulumi stack output (\w+)/g);
    assert.deepEqual(named, ["addresses", "ciIdentities", "egressAddresses", "kubeconfigs", "urls"]);
    assert.deepEqual(
      named.filter((name) => !outputs.includes(name)),
      [],
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

  it("leave the apps out of the first deployment and put them back, to the letter", async () => {
    const [out = "", back = ""] = commands.filter((command) => command.startsWith("sed "));
    const scratch = mkdtempSync(join(tmpdir(), "slipway-runbook-"));
    try {
      const file = join(scratch, "Pulumi.dev.yaml");
      const before = read("Pulumi.dev.yaml");
      writeFileSync(file, before);
      await execa("sh", ["-c", out], { cwd: scratch });
      const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, any> };
      assert.deepEqual(
        Object.keys(config).filter((key) => config[key].cluster !== undefined),
        [],
      );
      assert.ok("slipway:gcp" in config && "slipway:aws" in config);
      await execa("sh", ["-c", back], { cwd: scratch });
      assert.equal(readFileSync(file, "utf8"), before);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it("link to and name only files that are there", () => {
    for (const { file, text } of runbooks) {
      const links = found(/\]\((?!http)([^)#]+)\)/g, text);
      assert.ok(links.length >= 1, `${file}: no link`);
      assert.deepEqual(
        links.filter((link) => !existsSync(join(folder, link))),
        [],
      );
      const files = found(/`(Pulumi\.\w+\.yaml|apps\/|\.github\/[\w/.-]+)`/g, text);
      assert.deepEqual(
        files.filter((name) => !existsSync(join(repository, name))),
        [],
      );
    }
  });

  it("say of every Pulumi command which stack it is for", () => {
    const ofStacks = commands.filter((command) =>
      /pulumi (up|preview|refresh|destroy|cancel|stack (output|export|import))/.test(command),
    );
    assert.ok(ofStacks.length >= 15, `found only ${ofStacks.length} commands`);
    assert.deepEqual(
      ofStacks.filter((command) => !command.includes("--stack dev")),
      [],
    );
  });

  it("never leave a kubeconfig or a state behind where it was written to look at", () => {
    for (const { text } of runbooks) {
      const written = [...text.matchAll(/(?:> |export [^\n]*--file )(kubeconfig-dev|state\.json)/g)].map(
        ([, name = ""]) => name,
      );
      for (const name of written) assert.match(text, new RegExp(`rm ${name.replace(".", "\\.")}`));
    }
  });
});
