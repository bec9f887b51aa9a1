import { join, relative } from "node:path";
import { local } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { together } from "../shell/together.js";
import type { BuiltImage } from "../toolchain/images.js";
import { hostProcess } from "./hosts.js";
import { inside, nodeIndexes, nodeName, type Settings } from "./layout.js";

/** Loads onto each node the images that it does not have. */
export async function loadImages(
  settings: Settings,
  built: BuiltImage[],
  onLine: (line: string) => void,
): Promise<void> {
  await together(
    nodeIndexes(settings).map((index) => async () => {
      const node = nodeName(index);
      const present = new Set((await ctr(node, ["images", "list", "--quiet"])).split("\n"));
      for (const { name, tag, reference, archive, internal } of built) {
        if (internal || present.has(reference)) continue;
        onLine(`${node}: loading ${name}`);
        const file = join(inside, relative(local, archive));
        await ctr(node, ["images", "import", "--base-name", `slipway.local/${name}`, file]);
        await ctr(node, ["images", "tag", "--force", tag, reference]);
      }
    }),
  );
}

/** Runs containerd's client in a node, which has its processes and files for itself. */
function ctr(node: string, args: string[]): Promise<string> {
  const pid = String(hostProcess(node) ?? 0);
  const enter = ["--target", pid, "--mount", "--pid", "--net"];
  const client = [
    `${inside}/bin/ctr`,
    "--address",
    "/run/containerd/containerd.sock",
    "--namespace",
    "k8s.io",
  ];
  return run("nsenter", [...enter, ...client, ...args], { log: "load-images" });
}
