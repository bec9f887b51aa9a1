import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { writeContainersConfiguration } from "./debian.js";
import type { BuiltImage } from "./images.js";

const isLoopback = (registry: string) => /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?(\/|$)/.test(registry);

/**
 * Pushes images to a registry that a cluster can pull from.
 *
 * @param registry host and path, such as `registry.example/slipway`; a registry on this machine is spoken to
 *   without TLS. Who you are is read from Docker's own configuration file.
 * @returns the images with the references under which the registry has them, by digest.
 */
export async function pushImages(
  registry: string,
  images: BuiltImage[],
  onLine: (line: string) => void,
): Promise<BuiltImage[]> {
  const configuration = await writeContainersConfiguration();
  const docker = join(homedir(), ".docker/config.json");
  const env = existsSync(docker) ? { ...configuration, REGISTRY_AUTH_FILE: docker } : configuration;
  const pushed: BuiltImage[] = [];
  for (const image of images) {
    onLine(`pushing ${image.name}`);
    const target = `${registry.replace(/\/$/, "")}/${image.name}`;
    const tag = image.tag.slice(image.tag.lastIndexOf(":") + 1);
    const digestFile = join(paths.images, `${image.name}.pushed`);
    const options = [
      `--signature-policy=${join(paths.images, "buildah/policy.json")}`,
      `--tls-verify=${isLoopback(registry) ? "false" : "true"}`,
      `--digestfile=${digestFile}`,
    ];
    await run("buildah", ["push", ...options, image.tag, `docker://${target}:${tag}`], {
      env,
      log: "push",
      fromDebian: true,
    });
    const digest = (await readFile(digestFile, "utf8")).trim();
    pushed.push({ ...image, reference: `${target}@${digest}` });
  }
  return pushed;
}
