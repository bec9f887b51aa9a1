import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths, repository } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { together } from "../shell/together.js";
import { writeWhole } from "../shell/whole-file.js";
import { fingerprintOf } from "./fingerprint.js";

/** The one that takes longest first. */
const workspaces = [
  "apps/prisma",
  "apps/chat/server",
  "apps/chat/client",
  "apps/journal/frontend",
  "apps/journal/fileserver",
];

const bundles = workspaces.map((workspace) => join(workspace, "dist"));

/** Where the bundles are, which the apps' Dockerfiles copy. */
export const bundleFolders = bundles.map((bundle) => join(repository, bundle));

const stamp = join(paths.images, "bundles");

/** Bundles the apps' programs, unless neither what they are made of has changed nor what was made of it. */
export async function buildBundles(): Promise<void> {
  const sources = sourcesNow();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === `${sources} ${productsNow()}`) return;
  await rm(stamp, { force: true });
  await together(
    workspaces.map((workspace) => async () => {
      await run("npm", ["run", "build", "-w", workspace], { cwd: repository, log: "bundles" });
    }),
  );
  await mkdir(paths.images, { recursive: true });
  // Those of before: what was edited meanwhile may be in no bundle.
  await writeWhole(stamp, `${sources} ${productsNow()}`);
}

/** Of all apps for each, since one may import from another, with the versions of the packages that go into them. */
const sourcesNow = () =>
  fingerprintOf(repository, ["apps", "package-lock.json"], { leftOut: ["dist", "generated"] });

function productsNow(): string {
  const products = [...bundles, "apps/prisma/generated"];
  return fingerprintOf(
    repository,
    products.filter((product) => existsSync(join(repository, product))),
  );
}
