import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const newConfig = {
  selector: "NewExpression[callee.property.name='Config'][callee.object.name='pulumi']",
  message: "configuration is read once, in infra/config.ts",
};
const processEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "the environment is read once, in an app's env.ts",
};

/** What is around the program and its apps, by layers: each uses only those before it. */
const layers = ["shell", "toolchain", "engine", "machine", "backup", "commands", "rehearsal", "preview"];
const around = layers.map((room) => `./${room}`);

/** Dependencies point one way: index -> apps -> k8s, index -> clouds -> platform, apps -> platform. */
const zones = [
  {
    target: "./infra/apps",
    from: [
      "./infra/gcp",
      "./infra/aws",
      "./infra/local",
      "./infra/clusters.ts",
      "./infra/config.ts",
      "./infra/program.ts",
    ],
    message: "an app does not know its cloud: it asks infra/platform.ts",
  },
  {
    target: "./infra/k8s",
    from: [
      "./infra/apps",
      "./infra/gcp",
      "./infra/aws",
      "./infra/local",
      "./infra/config.ts",
      "./infra/program.ts",
    ],
    message: "a builder knows Kubernetes only",
  },
  {
    target: ["./infra/gcp", "./infra/aws", "./infra/local"],
    from: ["./infra/apps", "./infra/config.ts", "./infra/program.ts"],
    message: "a cloud knows no app",
  },
  { target: "./infra/platform.ts", from: ["./infra/gcp", "./infra/aws", "./infra/local", "./infra/apps"] },
  {
    target: "./infra",
    from: ["./apps", ...around],
    message: "the program deploys images, not code",
  },
  {
    target: "./apps",
    from: ["./infra", ...around],
    message: "an app knows nothing of Pulumi",
  },
  ...around.slice(0, -1).map((layer, index) => ({
    target: layer,
    from: around.slice(index + 1),
    message: `layers use what is before them: ${layers.join(", ")}`,
  })),
  {
    target: "./preview",
    from: ["./infra", "./apps"],
    message: "a preview runs the program as the engine does",
  },
  {
    target: ["./infra", "./apps", ...around.filter((room) => room !== "./rehearsal")],
    from: "./tests",
    message: "only the rehearsal and bench/, which prove things themselves, use what tests/ has",
  },
];

export default defineConfig(
  globalIgnores(["**/dist", "**/generated", "**/node_modules", ".local", "toolchain/go"]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { "@pulumi": pulumi, "import-x": importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensionAlias: { ".js": [".ts", ".js"] } })],
    },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      // A constructor's inner functions name it as their children's parent.
      "@typescript-eslint/no-this-alias": ["error", { allowedNames: ["parent"] }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-syntax": ["error", newConfig, processEnv],
    },
  },
  {
    files: ["apps/prisma/src/**"],
    ignores: ["apps/prisma/src/driver.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { paths: [{ name: "mariadb", allowTypeImports: true, message: "driver.ts has it mended" }] },
      ],
    },
  },
  { files: ["infra/config.ts"], rules: { "no-restricted-syntax": ["error", processEnv] } },
  {
    files: ["**/env.ts", "bench/**", ...layers.map((room) => `${room}/**`)],
    rules: { "no-restricted-syntax": ["error", newConfig] },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      "no-restricted-syntax": "off",
      // A registered resource's inputs are whatever its type says: a test that reads them wrongly fails.
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
