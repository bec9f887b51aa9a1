import { isUnfinished } from "../backup/unfinished.js";
import { refuseAnotherCluster } from "../engine/deployed-on.js";
import { deploy, type Outputs, readState, type StackConfiguration } from "../engine/local-stack.js";
import { addonNamespaces, applyAddons } from "../machine/addons.js";
import { startCluster } from "../machine/cluster.js";
import { fetchAcmeRoot, waitForEntries } from "../machine/entries.js";
import type { Settings } from "../machine/layout.js";
import { loadImages } from "../machine/node-stores.js";
import { waitUntilReady } from "../machine/readiness.js";
import { chooseSettings } from "../machine/settings.js";
import { paths } from "../shell/paths.js";
import { type Phase, runPhases, type Tell } from "../shell/progress.js";
import { unpackDebianPackages } from "../toolchain/debian.js";
import { buildBundles } from "../toolchain/bundles.js";
import { appImages, buildImages, type BuiltImage } from "../toolchain/images.js";
import { pushImages } from "../toolchain/registry.js";
import { buildTools } from "../toolchain/tools.js";
import { removeUnusedImages } from "../toolchain/unused-images.js";
import { requireHealthyMachine } from "./doctor.js";
import { type ExternalCluster, externalCluster } from "./external-cluster.js";

export type UpOptions = Partial<Settings & ExternalCluster>;

interface UpContext {
  settings: Settings;
  external?: ExternalCluster;
  images: BuiltImage[];
  outputs: Outputs;
}

/**
 * Brings the whole platform up and tells where it answers; what is there already stays as it is.
 *
 * @param record gets all that is told meanwhile.
 */
export async function up(options: UpOptions, record?: Tell): Promise<Outputs> {
  const external = externalCluster(options);
  refuseAnotherCluster(external ?? { kubeconfig: paths.kubeconfig });
  const settings = await chooseSettings(options);
  const context: UpContext = { settings, external, images: [], outputs: { urls: {} } };
  const restores = external === undefined && isUnfinished();
  const phases = [
    ...machinePhases,
    ...(external === undefined ? clusterPhases : []),
    ...(external?.registry === undefined ? [] : [pushPhase(external.registry)]),
    ...(restores ? [restorePhase("before")] : []),
    deployPhase,
    ...(restores ? [restorePhase("after")] : []),
    ...lastPhases,
  ];
  await runPhases(context, phases, record);
  return context.outputs;
}

const machinePhases: Phase<UpContext>[] = [
  {
    title: "check the machine",
    run: ({ settings, external }) => requireHealthyMachine(settings, external === undefined),
  },
  { title: "get Debian packages", run: (_, tell) => unpackDebianPackages(tell) },
  {
    title: "build tools and images",
    together: [
      { title: "tools, from Go modules", run: (_, tell) => buildTools(tell) },
      {
        title: "images of the apps",
        run: async (_, tell) => {
          await buildBundles();
          await buildImages("apps", tell);
        },
      },
    ],
  },
  {
    title: "build images of the tools",
    run: async (context, tell) => {
      context.images = await buildImages("all", tell);
    },
  },
];

const clusterPhases: Phase<UpContext>[] = [
  {
    title: "start the cluster",
    run: ({ settings, images }, tell) => startCluster(settings, pauseOf(images), tell),
  },
  {
    title: "load images onto the nodes",
    run: ({ settings, images }, tell) => loadImages(settings, images, tell),
  },
  {
    title: "install add-ons",
    run: async ({ images }, tell) => {
      await applyAddons(images);
      await waitUntilReady(tell, addonNamespaces);
      await fetchAcmeRoot();
    },
  },
];

const pushPhase = (registry: string): Phase<UpContext> => ({
  title: `push images to ${registry}`,
  run: async (context, tell) => {
    const own = context.images.filter(({ name }) => appImages.includes(name));
    context.images = await pushImages(registry, own, tell);
  },
});

/** Before the deployment, which would start what must not write yet; and after it, which brings stores that are gone. */
const restorePhase = (when: "before" | "after"): Phase<UpContext> => ({
  title: `end the restore that was cut short (${when} the deployment)`,
  run: async (_, tell) => {
    // Loaded only here: the databases' clients take longer than the whole of most commands.
    const { finishRestore } = await import("../backup/restore.js");
    const { MissingStoreError } = await import("../backup/check.js");
    await finishRestore(tell).catch((error: unknown) => {
      if (when === "after" || !(error instanceof MissingStoreError)) throw error;
    });
  },
});

const deployPhase: Phase<UpContext> = {
  title: "deploy stack local",
  everyLine: true,
  run: async (context, tell) => {
    context.outputs = await deploy(stackConfiguration(context), tell);
  },
};

const lastPhases: Phase<UpContext>[] = [
  {
    title: "wait for every app to answer",
    run: async ({ outputs, external }, tell) => {
      // How a cluster of somebody else is reached from here is not ours to know.
      if (external !== undefined) return;
      await waitUntilReady(tell);
      await waitForEntries(outputs.urls, tell);
    },
  },
  { title: "remove unused images", run: ({ images }) => removeUnusedImages(images, readState) },
];

function pauseOf(images: BuiltImage[]): string {
  const pause = images.find(({ name }) => name === "pause");
  if (pause === undefined) throw new Error("the pause image was not built");
  return pause.reference;
}

function stackConfiguration({ settings, external, images }: UpContext): StackConfiguration {
  const { httpsPort } = settings;
  const references = images
    .filter(({ name }) => appImages.includes(name))
    .map(({ name, reference }) => [name, reference]);
  const { registry, ...cluster }: ExternalCluster = external ?? { kubeconfig: paths.kubeconfig };
  const reachable = external === undefined || registry !== undefined;
  return {
    "slipway:local": { ...cluster, httpsPort },
    ...(reachable ? { "slipway:images": Object.fromEntries(references) as Record<string, string> } : {}),
  };
}
