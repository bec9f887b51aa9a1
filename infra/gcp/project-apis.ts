import { Service } from "@pulumi/gcp/projects/service.js";
import { ServiceIdentity } from "@pulumi/gcp/projects/serviceIdentity.js";
import * as pulumi from "@pulumi/pulumi";

export interface ProjectApisArgs {
  project: string;

  /** Besides those that every stack needs. */
  services?: readonly string[];
}

/** What every stack needs. */
const SERVICES = [
  "artifactregistry",
  "cloudresourcemanager",
  "compute",
  "container",
  "containerscanning",
  "iam",
  "iamcredentials",
  "logging",
  "monitoring",
];

/**
 * The APIs that the program calls. Whoever takes the project's name from here waits until they answer. They stay on
 * when the stack goes, because others in the project may use them.
 */
export class ProjectApis extends pulumi.ComponentResource {
  readonly project: pulumi.Output<string>;

  /** What some of the names in IAM are made with. */
  readonly projectNumber: pulumi.Output<string>;

  /** GKE's own hand in the project, as a member of IAM policies. */
  readonly gkeServiceAgent: pulumi.Output<string>;

  constructor(name: string, args: ProjectApisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:ProjectApis", name, {}, opts);

    const { services = [] } = args;
    const parent = this;

    const enabled = [...SERVICES, ...services].map(createService);
    this.project = pulumi.all(enabled.map(({ project }) => project)).apply(() => args.project);
    const gke = createServiceIdentity(this.project);

    this.gkeServiceAgent = gke.member;
    this.projectNumber = gke.email.apply(projectNumberOf);
    this.registerOutputs({ project: this.project, projectNumber: this.projectNumber });

    function createService(service: string) {
      return new Service(
        `${name}-${service}`,
        { project: args.project, service: `${service}.googleapis.com`, disableOnDestroy: false },
        { parent, customTimeouts: { create: "20m" } },
      );
    }

    function createServiceIdentity(project: pulumi.Input<string>) {
      return new ServiceIdentity(`${name}-gke`, { project, service: "container.googleapis.com" }, { parent });
    }
  }
}

/** Google names a service agent by the number of its project; a resource that tells the number itself there is none. */
export function projectNumberOf(email: string): string {
  const number = /^service-(\d+)@/.exec(email)?.[1];
  if (number === undefined) {
    throw new Error(`expected a service agent such as "service-123456789012@…", got "${email}"`);
  }
  return number;
}
