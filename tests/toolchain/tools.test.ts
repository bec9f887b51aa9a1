import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { acmeCorefile, controlPlaneServices } from "../../machine/control-plane.js";
import { defaultSettings } from "../../machine/layout.js";
import { nodeServices } from "../../machine/node.js";
import { paths, repository } from "../../shell/paths.js";
import { images } from "../../toolchain/images.js";
import { groups, kubernetesProviderVersion } from "../../toolchain/tools.js";

const read = (name: string) => readFileSync(join(repository, name), "utf8");

const goMod = read("toolchain/go/go.mod");

/** Version of each module that a go.mod requires, replacements in place. */
function pinsOf(text: string): Record<string, string | undefined> {
  const lines = [/^(?:require |\t)(\S+\.\S+\/\S+) (v\S+)/gm, /^\t(\S+) => \1 (v\S+)/gm];
  return Object.fromEntries(
    lines.flatMap((line) => [...text.matchAll(line)].map(([, name, version]) => [name, version])),
  );
}

const pins = pinsOf(goMod);

/** The version that a link-time variable tells a program. */
function told(variable: string): string | undefined {
  const text = groups
    .flatMap(({ variables = [] }) => variables)
    .find((each) => each.startsWith(`${variable}=`));
  return text?.slice(variable.length + 1);
}

/** Programs that the groups build, by the names under which they are called. */
const programs = groups.flatMap(({ packages, links = {} }) => {
  const files = packages.map((name) => basename(name.replace(/\/v\d+$/, "")));
  return [...files, ...Object.values(links).flat()];
});

describe("toolchain/tools", () => {
  it("pins every module that a program comes from, at one exact version", () => {
    for (const { module = "", packages } of groups) {
      const own = pinsOf(read(join("toolchain/go", module, "go.mod")));
      for (const name of packages.filter((each) => !each.startsWith("./"))) {
        const owner = Object.keys(own).find((pin) => name === pin || name.startsWith(`${pin}/`));
        assert.ok(owner !== undefined, `${name} is required by no line of its go.mod`);
        assert.match(own[owner] ?? "", /^v\d+\.\d+\.\d+/, name);
      }
    }
  });

  it("has go.mod name as tools the programs of others, so that tidying it keeps them", () => {
    const tools = [...(/^tool \(\n(.*?)^\)/ms.exec(goMod)?.[1] ?? "").matchAll(/^\t(\S+)$/gm)];
    assert.deepEqual(
      tools.map(([, name]) => name),
      groups
        .filter(({ module }) => module === undefined)
        .flatMap(({ packages }) => packages)
        .filter((name) => !name.startsWith("./"))
        .sort(),
    );
  });

  it("tells each program the version that go.mod pins", () => {
    const kubernetes = pins["k8s.io/kubernetes"] ?? "";
    assert.equal(told("k8s.io/component-base/version.gitVersion"), kubernetes);
    assert.equal(told("k8s.io/component-base/version.gitMajor"), /^v(\d+)\./.exec(kubernetes)?.[1]);
    assert.equal(told("k8s.io/component-base/version.gitMinor"), /^v\d+\.(\d+)\./.exec(kubernetes)?.[1]);
    const containerd = told("github.com/containerd/containerd/v2/version.Version");
    assert.equal(`v${containerd}`, pins["github.com/containerd/containerd/v2"]);
    const traefik = told("github.com/traefik/traefik/v3/pkg/version.Version");
    assert.equal(`v${traefik}`, pins["github.com/traefik/traefik/v3"]);
    const pulumi = told("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version");
    assert.equal(pulumi, pins["github.com/pulumi/pulumi/pkg/v3"]);
    assert.equal(pulumi, pins["github.com/pulumi/pulumi/sdk/v3"]);
  });

  it("takes all of Kubernetes at one version", () => {
    const staging = (pins["k8s.io/kubernetes"] ?? "").replace(/^v1\./, "v0.");
    const parts = [...goMod.matchAll(/^\t(k8s\.io\/\S+) => /gm)];
    assert.ok(parts.length > 25);
    for (const [, name = ""] of parts) assert.equal(pins[name], staging, name);
  });

  it("gives CoreDNS exactly the plugins that the Corefiles name", () => {
    const ofCluster = /Corefile: \|\n(.*?)^---/ms.exec(read("machine/addons/coredns.yaml"))?.[1] ?? "";
    const lines = [...ofCluster.matchAll(/^ {6}(\w+)/gm), ...acmeCorefile.matchAll(/^ {2}(\w+)/gm)];
    const named = new Set(lines.map(([, name]) => name));
    const source = read("toolchain/go/coredns/main.go");
    const imported = [...source.matchAll(/coredns\/plugin\/(\w+)"/g)].map(([, name]) => name);
    assert.deepEqual(imported, [...named].sort());
  });

  it("builds the engine and the provider that the npm packages of the program talk to", () => {
    const { dependencies, overrides } = JSON.parse(read("package.json"));
    const engine = told("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version");
    assert.equal(`v${dependencies["@pulumi/pulumi"]}`, engine);
    assert.equal(dependencies["@pulumi/kubernetes"], kubernetesProviderVersion);
    const provider = told("github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version");
    assert.equal(provider, kubernetesProviderVersion);
    for (const name of ["@pulumi/pulumi", "@pulumi/kubernetes"]) {
      assert.equal(overrides[name], `$${name}`, "no package may bring a second version");
      assert.equal(JSON.parse(read(`node_modules/${name}/package.json`)).version, dependencies[name]);
    }
  });

  it("enforces Pod Security for the add-ons as that version of Kubernetes knows it", () => {
    const minor = /^v\d+\.\d+/.exec(pins["k8s.io/kubernetes"] ?? "")?.[0];
    for (const file of ["coredns", "local-path", "traefik"]) {
      const enforced = /enforce-version: (\S+)/.exec(read(`machine/addons/${file}.yaml`))?.[1];
      assert.equal(enforced, minor, file);
    }
  });

  it("builds every program that the hosts run and every one that goes into an image", () => {
    const services = [...controlPlaneServices(defaultSettings), ...nodeServices(1)];
    for (const { name, command } of services) {
      assert.match(command[0] ?? "", /^\/run\/slipway\/bin\//, name);
      assert.ok(programs.includes(basename(command[0] ?? "")), name);
    }
    const inImages = images.filter(({ context }) => context === paths.bin);
    assert.deepEqual(
      inImages.map(({ name }) => name),
      ["pause", "coredns", "metrics-server", "local-path-provisioner", "traefik", "ferretdb"],
    );
    for (const { name } of inImages) assert.ok(programs.includes(name), name);
  });

  it("calls the one Kubernetes binary by exactly the names that it knows", () => {
    const source = read("toolchain/go/kubernetes/main.go");
    const known = [...source.matchAll(/^\t"([\w-]+)":/gm)].map(([, name]) => name);
    assert.deepEqual(known.sort(), groups.flatMap(({ links }) => links?.kubernetes ?? []).sort());
  });

  it("gives no two programs one name", () => {
    assert.deepEqual(programs, [...new Set(programs)]);
  });
});
