import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { paths, repository } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { together } from "../shell/together.js";
import { fingerprintOf } from "./fingerprint.js";

/** Programs that are built together. */
interface ToolGroup {
  name: string;
  /** Folder under toolchain/go whose go.mod pins them, where it is not the one for all. */
  module?: string;
  /** As `go build` takes them; `./NAME` is a main package of our own under toolchain/go. */
  packages: string[];
  /** Link-time variables, `import/path.Name=value`. */
  variables?: string[];
  /** Files of a module that a program of ours embeds, copied beside its main package before the build. */
  embed?: { module: string; files: string[]; to: string };
  /** Names under which a built file is called, by the name that `go build` gives it. */
  links?: Record<string, string[]>;
  /** Needed by the rehearsal alone, and built when somebody rehearses. */
  forRehearsal?: boolean;
}

const kubernetesVersion = "v1.34.4";
const pulumiVersion = "v3.245.0";
export const kubernetesProviderVersion = "4.25.0";

/** In the order in which they are built: what the cluster needs comes first. */
export const groups: ToolGroup[] = [
  {
    name: "cluster",
    packages: [
      "./kubernetes",
      "./pause",
      "./forward",
      "./coredns",
      "go.etcd.io/etcd/server/v3",
      "github.com/containerd/containerd/v2/cmd/containerd",
      "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
      "github.com/containerd/containerd/v2/cmd/ctr",
      "github.com/containernetworking/plugins/plugins/main/bridge",
      "github.com/containernetworking/plugins/plugins/ipam/host-local",
      "github.com/letsencrypt/pebble/v2/cmd/pebble",
      "sigs.k8s.io/metrics-server/cmd/metrics-server",
    ],
    variables: [
      `k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
      "k8s.io/component-base/version.gitMajor=1",
      "k8s.io/component-base/version.gitMinor=34",
      "k8s.io/component-base/version.gitTreeState=clean",
      "github.com/containerd/containerd/v2/version.Version=2.2.2",
    ],
    links: {
      server: ["etcd"],
      kubernetes: [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kube-proxy",
        "kubelet",
        "kubectl",
      ],
    },
  },
  {
    name: "pulumi",
    packages: ["./pulumi-resource-kubernetes", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    variables: [
      `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
      `github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${kubernetesProviderVersion}`,
    ],
    embed: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      files: [
        "cmd/pulumi-resource-kubernetes/schema.json",
        "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
      ],
      to: "pulumi-resource-kubernetes",
    },
  },
  { name: "ferretdb", packages: ["./ferretdb"] },
  { name: "local-path", packages: ["github.com/rancher/local-path-provisioner"] },
  {
    name: "traefik",
    packages: ["github.com/traefik/traefik/v3/cmd/traefik"],
    variables: ["github.com/traefik/traefik/v3/pkg/version.Version=3.6.7"],
  },
  // It compiles with an older Kubernetes alone, or with one that is newer than the cluster's.
  { name: "kwok", module: "kwok", packages: ["sigs.k8s.io/kwok/cmd/kwok"], forRehearsal: true },
  {
    name: "gke-definitions",
    packages: ["./gke-definitions"],
    embed: {
      module: "github.com/GoogleCloudPlatform/gke-managed-certs",
      files: ["deploy/managedcertificates-crd.yaml"],
      to: "gke-definitions",
    },
    forRehearsal: true,
  },
];

/** Parts of the cluster's own that the rehearsal does without. */
const notForRehearsal = new Set(["ferretdb", "local-path", "traefik"]);

/** What the machine's own cluster, or a rehearsal, is made of. */
export type Purpose = "cluster" | "rehearsal";

const groupsFor = (purpose: Purpose) =>
  groups.filter(({ name, forRehearsal = false }) =>
    purpose === "rehearsal" ? !notForRehearsal.has(name) : !forRehearsal,
  );

/** The Go module of nearly all programs, so that what several of them import is compiled once. */
export const toolchain = join(repository, "toolchain/go");

const folderOf = ({ module = "" }: ToolGroup) => join(toolchain, module);

function fingerprint(group: ToolGroup): string {
  const ours = group.packages.filter((name) => name.startsWith("./"));
  const sources = ours.flatMap((folder) =>
    readdirSync(join(folderOf(group), folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".go") && !file.endsWith("_test.go"))
      .map((file) => join(folder, file)),
  );
  const also = JSON.stringify([group, goFlags]);
  return fingerprintOf(folderOf(group), ["go.mod", "go.sum", ...sources.sort()], { also });
}

const stampOf = (group: ToolGroup) => join(paths.bin, `.${group.name}`);

const isBuilt = (group: ToolGroup) =>
  existsSync(stampOf(group)) && readFileSync(stampOf(group), "utf8") === fingerprint(group);

/** Builds, from pinned Go modules, the programs that are not there yet or whose pins have changed. */
export async function buildTools(
  onLine: (line: string) => void,
  purpose: Purpose = "cluster",
): Promise<void> {
  await mkdir(paths.bin, { recursive: true });
  const wanted = groupsFor(purpose);
  const missing = wanted.filter((group) => !isBuilt(group));
  const downloads: Promise<void>[] = [];
  await together([downloadAll, buildAll]);

  async function downloadAll(): Promise<void> {
    await Promise.all(missing.map((_, index) => downloaded(index)));
  }

  /** One group after the other: while one is compiled, which needs no network, the modules of the next ones come. */
  function downloaded(index: number): Promise<void> {
    const before = index === 0 ? Promise.resolve() : downloaded(index - 1);
    return (downloads[index] ??= before.then(() => downloadModules(missing[index] as ToolGroup)));
  }

  async function buildAll(): Promise<void> {
    for (const [index, group] of missing.entries()) {
      const title = `${group.name} (${wanted.indexOf(group) + 1} of ${wanted.length})`;
      onLine(`${title}: downloading modules`);
      await downloaded(index);
      if (group.embed !== undefined) await copyEmbeddedFiles(group);
      await build(group, (built) => {
        onLine(`${title}: ${built} packages compiled`);
      });
      await writeFile(stampOf(group), fingerprint(group));
    }
  }
}

/** Of exactly what is compiled, which `go mod download` would not. What cannot be had, the build tells. */
async function downloadModules(group: ToolGroup): Promise<void> {
  await run("go", ["list", "-e", "-deps", ...group.packages], { cwd: folderOf(group), env: goEnvironment });
}

/** With these, what one call of Go has compiled serves the next one. */
export const goFlags = [
  "-trimpath",
  "-buildvcs=false",
  // Nobody runs a debugger on them, and what only a debugger reads is a seventh of the compiler's work.
  "-gcflags=all=-dwarf=false",
];
export const goEnvironment = { CGO_ENABLED: "0", GOWORK: "off" };

async function build(group: ToolGroup, onProgress: (packages: number) => void): Promise<void> {
  // Built beside and renamed: a program that is running keeps its file.
  const fresh = join(paths.bin, `.new-${group.name}`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const variables = (group.variables ?? []).map((variable) => `-X ${variable}`).join(" ");
  let built = 0;
  const args = ["-v", ...goFlags, `-ldflags=-s -w ${variables}`, "-o", `${fresh}/`];
  await run("go", ["build", ...args, ...group.packages], {
    cwd: folderOf(group),
    env: goEnvironment,
    log: `build-${group.name}`,
    onLine: () => {
      onProgress(++built);
    },
  });
  for (const file of readdirSync(fresh)) {
    await rename(join(fresh, file), join(paths.bin, file));
    for (const link of group.links?.[file] ?? []) {
      await rm(join(paths.bin, link), { force: true });
      await symlink(file, join(paths.bin, link));
    }
  }
  await rm(fresh, { recursive: true });
}

const embeddedFile = (group: ToolGroup, to: string, file: string) =>
  join(folderOf(group), to, basename(file));

/** Copies among the sources of ours that are made for a build. */
export const embeddedFiles = groups.flatMap((group) =>
  (group.embed?.files ?? []).map((file) => embeddedFile(group, group.embed?.to ?? "", file)),
);

async function copyEmbeddedFiles(group: ToolGroup): Promise<void> {
  const { name, embed } = group;
  if (embed === undefined) return;
  const options = { cwd: folderOf(group), env: goEnvironment, log: `build-${name}` };
  await run("go", ["mod", "download", embed.module], options);
  const folder = (await run("go", ["list", "-m", "-f", "{{.Dir}}", embed.module], options)).trim();
  for (const file of embed.files) {
    const target = embeddedFile(group, embed.to, file);
    await rm(target, { force: true });
    await copyFile(join(folder, file), target);
  }
}

/** Whether every program is there at its pinned version. */
export const toolsAreBuilt = (purpose: Purpose = "cluster") => groupsFor(purpose).every(isBuilt);
