import { type AddonFiles, addonFiles } from "../../machine/addons.js";
import { images } from "../../toolchain/images.js";

export const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** The images that the manifests may name. */
export const built = images
  .filter(({ internal }) => internal !== true)
  .map(({ name }) => ({ name, reference: `slipway.local/${name}@${digest}` }));

/** What of the cluster's certificates they hold. */
export const files = Object.fromEntries(addonFiles.map((name) => [name, `text of ${name}`])) as AddonFiles;
