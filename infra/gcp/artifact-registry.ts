import { Repository } from "@pulumi/gcp/artifactregistry/repository.js";
import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudLabels } from "./labels.js";

export interface ArtifactRegistryArgs {
  project: pulumi.Input<string>;
  region: string;

  /** Who pulls the images: a member of IAM policies. */
  reader: pulumi.Input<string>;
}

const REPOSITORY = "slipway";
const MONTH = "2592000s";

/** Where the product's images are: a tag never moves, everything pushed is scanned, what has no tag is thrown away. */
export class ArtifactRegistry extends pulumi.ComponentResource {
  /** What an image's name begins with, such as "europe-west1-docker.pkg.dev/acme-dev/slipway". */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: ArtifactRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:ArtifactRegistry", name, {}, opts);

    const { project, region, reader } = args;
    const parent = this;

    const repository = createRepository();
    createReader();

    this.host = pulumi.interpolate`${region}-docker.pkg.dev/${project}/${repository.repositoryId}`;
    this.registerOutputs({ host: this.host });

    function createRepository() {
      return new Repository(
        name,
        {
          project,
          location: region,
          repositoryId: REPOSITORY,
          format: "DOCKER",
          dockerConfig: { immutableTags: true },
          // The API for scanning is on in the project, and this repository is no exception.
          vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
          cleanupPolicies: [
            {
              id: "delete-untagged",
              action: "DELETE",
              condition: { tagState: "UNTAGGED", olderThan: MONTH },
            },
            // What is deployed is among them, by tag or by digest; a rollback finds its image too.
            { id: "keep-recent", action: "KEEP", mostRecentVersions: { keepCount: 50 } },
          ],
          cleanupPolicyDryRun: false,
          labels: cloudLabels(),
        },
        { parent },
      );
    }

    function createReader() {
      return new RepositoryIamMember(
        name,
        {
          project,
          location: region,
          repository: repository.name,
          role: "roles/artifactregistry.reader",
          member: reader,
        },
        { parent },
      );
    }
  }
}
