import { awaitAddress } from "../../../infra/k8s/await.js";
import { type Registered, only } from "../program.js";
import type { Fault } from "./exposure-faults.js";

const SERVICE = "kubernetes:core/v1:Service";

const service = (all: Registered[]) => only(all, SERVICE, "journal-redis");
const ingress = (all: Registered[]) => only(all, "kubernetes:networking.k8s.io/v1:Ingress", "journal");
const deployment = (all: Registered[]) =>
  only(all, "kubernetes:apps/v1:Deployment", "journal-frontend").inputs;
const replace = (all: Registered[], { urn }: Registered, change: Partial<Registered>) => {
  const at = all.findIndex((resource) => resource.urn === urn);
  all.splice(at, 1, { ...(all[at] as Registered), ...change });
};

/** What the engine would be told, or would do, wrongly. */
export const engineFaults: Fault[] = [
  {
    is: "an object without a provider",
    caughtBy: "objectsHaveOurProvider",
    make: (all) => {
      replace(all, service(all), { provider: "" });
    },
  },
  {
    is: "an object that goes to another cluster of the program's",
    caughtBy: "objectsHaveOurProvider",
    make: (all) => {
      const { provider } = service(all);
      replace(all, service(all), { provider: provider.replace(/::gke::/, "::eks::") });
    },
  },
  {
    is: "a cloud's own object that goes to the other cloud's cluster",
    caughtBy: "objectsHaveOurProvider",
    make: (all) => {
      const { provider } = service(all);
      replace(all, only(all, "kubernetes:storage.k8s.io/v1:StorageClass", "eks"), { provider });
    },
  },
  {
    is: "a component that keeps what it is handed",
    caughtBy: "componentsKeepNoArguments",
    make: (all) => {
      const component = only(all, "slipway:apps:Journal", "journal");
      replace(all, component, { inputs: { journalEntries: 10 } });
    },
  },
  {
    is: "an object without a parent",
    caughtBy: "resourcesHaveParents",
    make: (all) => {
      replace(all, service(all), { parent: "" });
    },
  },
  {
    is: "an object with another name before",
    caughtBy: "nothingIsRenamed",
    make: (all) => {
      replace(all, service(all), { aliases: ["urn:pulumi:dev::slipway::x::y"] });
    },
  },
  {
    is: "a Service that is waited for",
    caughtBy: "awaitsEnd",
    make: (all) => (service(all).inputs.metadata.annotations = {}),
  },
  {
    is: "an Ingress that is waited for without an end",
    caughtBy: "awaitsEnd",
    make: (all) => (ingress(all).inputs.metadata.annotations = { ...awaitAddress }),
  },
  {
    is: "an Ingress that is waited for until something of its own, beside the one place for it",
    caughtBy: "awaitsEnd",
    make: (all) => {
      const found = ingress(all);
      found.inputs.metadata.annotations["pulumi.com/waitFor"] = "condition=Ready";
      replace(all, found, { timeouts: { create: "10m", update: "10m", delete: "10m" } });
    },
  },
  {
    is: "a workload that is not waited for",
    caughtBy: "awaitsEnd",
    make: (all) => (deployment(all).metadata.annotations = { "pulumi.com/skipAwait": "true" }),
  },
  {
    is: "a progress deadline beyond the engine's timeout",
    caughtBy: "awaitsEnd",
    make: (all) => (deployment(all).spec.progressDeadlineSeconds = 3600),
  },
];
