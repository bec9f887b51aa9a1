/** What a preview looks at. None of it opens a Secret of the cluster or a password. */
export const previewRoles: readonly string[] = [
  "roles/artifactregistry.reader",
  "roles/browser",
  "roles/cloudkms.viewer",
  "roles/cloudsql.viewer",
  "roles/compute.viewer",
  // Every object in the cluster but its Secrets.
  "roles/container.viewer",
  "roles/dns.reader",
  // Who may do what.
  "roles/iam.securityReviewer",
  "roles/iam.serviceAccountViewer",
  "roles/iam.workloadIdentityPoolViewer",
  "roles/serviceusage.serviceUsageViewer",
];

/** What comparing with what is there opens besides: no predefined role reads Secrets without changing them. */
export const driftPermissions: readonly string[] = [
  "container.secrets.get",
  // The connection of Google's services, of which a preview asks nothing.
  "servicenetworking.services.get",
];

/**
 * What a deployment changes, besides what it looks at. It makes no identity and no key and gives nobody, itself
 * included, a role beyond `grantableRoles`: a person does that, with the first `pulumi up` and whenever it changes.
 */
export const deployRoles: readonly string[] = [
  // The repository of the images, and the images that are pushed to it.
  "roles/artifactregistry.admin",
  // The instance, its databases and users.
  "roles/cloudsql.admin",
  // Network, subnetwork, NAT, addresses, TLS policy, and the connection of Google's services.
  "roles/compute.networkAdmin",
  // The firewall rule.
  "roles/compute.securityAdmin",
  // Cluster, nodes and every object in the cluster, Secrets too.
  "roles/container.admin",
  // The hosts' records.
  "roles/dns.admin",
  // The APIs.
  "roles/serviceusage.serviceUsageAdmin",
];

/** The project's roles that the program gives to nodes and pods: a deployment may give these and no others. */
export const grantableRoles: readonly string[] = [
  "roles/cloudsql.client",
  "roles/container.defaultNodeServiceAccount",
];
