import type { GoogleCloudArgs } from "../../../infra/gcp/google-cloud.js";

/** As little as can be asked for. */
export const small: GoogleCloudArgs = {
  project: "acme-dev",
  region: "europe-west1",
  images: {},
  protection: false,
};

/** All that can. */
export const large: GoogleCloudArgs = {
  project: "acme-prod",
  region: "europe-west1",
  gke: { encryptSecrets: true },
  cloudSql: { highlyAvailable: true, readReplica: true },
  dnsZone: "example-com",
  gitHubRepository: "acme/platform",
  domain: "example.com",
  images: {},
  protection: true,
};
