import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { type Blocks, cloudStackFile } from "../engine/stack-file.js";
import { clusterNames, type ClusterName, type ImageName, cloudImageNames } from "../infra/platform.js";
import { UserError } from "../shell/errors.js";
import { repository } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { type Phase, runPhases } from "../shell/progress.js";
import { writeWhole } from "../shell/whole-file.js";
import { unpackDebianPackages, writeContainersConfiguration } from "../toolchain/debian.js";
import { buildBundles } from "../toolchain/bundles.js";
import { buildImages, type BuiltImage } from "../toolchain/images.js";
import { pushImages } from "../toolchain/registry.js";

export interface PushOptions {
  /** Host and path of one registry for all images, instead of the stack's own. */
  registry?: string;
}

/** Blocks of the stack file whose app is made of the image. */
const appsOf: Readonly<Record<ImageName, readonly string[]>> = {
  "journal-frontend": ["journal"],
  "journal-fileserver": ["journal"],
  "chat-server": ["chat"],
  "chat-client": ["chat"],
  redis: ["journal", "chat"],
  prisma: ["prisma"],
  // The clouds have databases of their own, or somebody's.
  ferretdb: [],
  mariadb: [],
};

type Registries = Readonly<Partial<Record<ClusterName, string>>>;
type References = Partial<Record<ImageName, string>>;

/** Builds the stack's images, pushes them under this commit's name, and writes what was pushed into the stack file. */
export async function push(stack: string, options: PushOptions): Promise<References> {
  const { file, text: before, blocks } = cloudStackFile(stack);
  const registries = options.registry === undefined ? await registriesOf(stack) : {};
  const targets = targetsOf(blocks, registries, options.registry);
  const tag = await tagOfCommit();

  const references: References = {};
  let images: BuiltImage[] = [];
  const phases: Phase<object>[] = [
    { title: "get Debian packages", run: (_, tell) => unpackDebianPackages(tell) },
    {
      title: "build images",
      run: async (_, tell) => {
        await buildBundles();
        images = await buildImages("apps", tell);
      },
    },
    {
      title: `push images as ${tag}`,
      run: async (_, tell) => {
        for (const [name, registry] of targets)
          references[name] = await pushAs(name, images, registry, tag, tell);
      },
    },
    { title: `write ${file}`, run: () => writeWhole(file, withReferences(before, references)) },
  ];
  await runPhases({}, phases);
  return references;
}

/** Pushes an image under the commit's name instead of its fingerprint, and gives tag and digest of it. */
async function pushAs(
  name: ImageName,
  images: readonly BuiltImage[],
  registry: string,
  tag: string,
  tell: (line: string) => void,
): Promise<string> {
  const image = images.find((one) => one.name === name);
  if (!image) throw new Error(`image "${name}" was not built`);
  const named = `slipway.local/${name}:${tag}`;
  const env = await writeContainersConfiguration();
  await run("buildah", ["tag", image.tag, named], { env, log: "push", fromDebian: true });
  const [pushed] = await pushImages(registry, [{ ...image, tag: named }], tell);
  return (pushed?.reference ?? "").replace("@", `:${tag}@`);
}

/** `v<version>-<commit>`; the name of a commit that the images are not made from would be a lie. */
async function tagOfCommit(): Promise<string> {
  const git = (...args: string[]) => run("git", args, { cwd: repository });
  const changed = await git("status", "--porcelain", "--", "apps", "toolchain/images", "package-lock.json");
  if (changed !== "") {
    throw new UserError(`expected images' sources as they were committed; commit these first:\n${changed}`);
  }
  const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as {
    version: string;
  };
  return `v${version}-${await git("rev-parse", "--short=12", "HEAD")}`;
}

async function registriesOf(stack: string): Promise<Registries> {
  const args = ["stack", "output", "registries", "--json", "--stack", stack];
  return JSON.parse(await run("pulumi", args, { cwd: repository })) as Registries;
}

/**
 * Where each image goes: to the registry of the cluster that its apps run on.
 *
 * @throws UserError when an image has no registry, or apps on two clusters, of which each reads its own only
 */
export function targetsOf(blocks: Blocks, registries: Registries, only?: string): [ImageName, string][] {
  return cloudImageNames.flatMap((name): [ImageName, string][] => {
    const apps = appsOf[name].map((app) => blocks[`slipway:${app}`]).filter((app) => app !== undefined);
    if (apps.length === 0) return [];
    if (only !== undefined) return [[name, only]];
    const used = apps.map((app) => (app as { cluster?: unknown }).cluster);
    const clusters = clusterNames.filter((cluster) => used.includes(cluster));
    const [cluster] = clusters;
    if (cluster === undefined || clusters.length > 1) {
      const got = clusters.join(" and ") || "none";
      throw new UserError(`image "${name}": expected its apps on one cluster, got ${got}; give --registry`);
    }
    const registry = registries[cluster];
    if (registry === undefined) {
      const allowed = Object.keys(registries).join(", ") || "none";
      throw new UserError(
        `image "${name}": expected a registry of cluster "${cluster}", the stack has ${allowed}; run "pulumi up" first`,
      );
    }
    return [[name, registry]];
  });
}

/** The stack file with other references of images; comments and all the rest stay as they are. */
export function withReferences(text: string, references: References): string {
  const document = parseDocument(text);
  for (const [name, reference] of Object.entries(references)) {
    document.setIn(["config", "slipway:images", name], reference);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
