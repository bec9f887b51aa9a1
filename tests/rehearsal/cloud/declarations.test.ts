import assert from "node:assert/strict";
import { awsRules } from "../../../rehearsal/cloud/aws/index.js";
import { declarationOf, parseDeclaration } from "../../../rehearsal/cloud/declarations.js";
import { gcpRules } from "../../../rehearsal/cloud/gcp/index.js";

const text = `
class Thing extends pulumi.CustomResource {
    constructor(name, argsOrState, opts) {
        if (opts.id) {
            const state = argsOrState;
            resourceInputs["onlyInTheState"] = state?.onlyInTheState;
        }
        else {
            const args = argsOrState;
            if (args?.size === undefined && !opts.urn) {
                throw new Error("Missing required property 'size'");
            }
            resourceInputs["name"] = args?.name;
            resourceInputs["size"] = args?.size;
            resourceInputs["password"] = args?.password ? pulumi.secret(args.password) : undefined;
            resourceInputs["address"] = undefined /*out*/;
        }
        const secretOpts = { additionalSecretOutputs: ["password", "address"] };
    }
}`;

describe("rehearsal/cloud/declarations", () => {
  it("tells the inputs, those that are required, the outputs and the secrets of a class of an SDK", () => {
    const { inputs, required, computed, secrets } = parseDeclaration(text);
    assert.deepEqual([...inputs], ["name", "size", "password"]);
    assert.deepEqual(required, ["size"]);
    assert.deepEqual([...computed], ["address"]);
    assert.deepEqual([...secrets], ["password", "address"]);
  });

  it("finds a type in the SDK that is installed", () => {
    const declaration = declarationOf("gcp:sql/databaseInstance:DatabaseInstance");
    assert.deepEqual(declaration?.required, ["databaseVersion"]);
    assert.ok(declaration.inputs.has("settings"));
    assert.ok(declaration.computed.has("connectionName"));
    assert.ok(declaration.secrets.has("rootPassword"));
  });

  it("finds a type whose name begins with an acronym, which the SDK's file writes in small letters", () => {
    assert.deepEqual(declarationOf("gcp:projects/iAMMember:IAMMember")?.required, [
      "member",
      "project",
      "role",
    ]);
  });

  it("finds no type that the SDK does not have", () => {
    assert.equal(declarationOf("gcp:compute/teapot:Teapot"), undefined);
    assert.equal(declarationOf("gcp:kitchen/teapot:Teapot"), undefined);
  });

  describe("the tables of rules, which speak of the SDK's own inputs", () => {
    for (const [token, rule] of Object.entries({ ...gcpRules, ...awsRules })) {
      it(`${token} is a type, and every path of its row begins with an input`, () => {
        const declaration = declarationOf(token);
        assert.ok(declaration, "no such type");
        const paths = [
          ...(rule.name ? [rule.name.input] : []),
          ...rule.replacesOn,
          ...Object.keys(rule.values ?? {}),
          ...Object.keys(rule.refersTo ?? {}),
          ...Object.keys(rule.protectedBy ?? {}),
        ];
        const unknown = paths.filter((path) => !declaration.inputs.has(path.split(".")[0] ?? ""));
        assert.deepEqual(unknown, []);
        assert.deepEqual(
          (rule.renews ?? []).filter((output) => !declaration.computed.has(output)),
          [],
        );
      });
    }
  });
});
