import type { Allowed, Rule, Thing } from "../rule.js";
import { digits, text } from "../rule.js";

/** The provider's own text on each resource, where also what forces a new one is written. */
export const source = (service: string, file: string) =>
  `https://github.com/hashicorp/terraform-provider-google/blob/main/google/services/${service}/resource_${file}.go`;

/** Of most resources of Compute Engine: https://cloud.google.com/compute/docs/naming-resources */
export const computeName: Allowed = {
  form: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  says: "a letter, then up to 62 small letters, digits and hyphens",
};

export const shortName = (length: number): Allowed => ({
  form: new RegExp(`^[a-z]([-a-z0-9]{0,${length - 2}}[a-z0-9])?$`),
  says: `a letter, then small letters, digits and hyphens, ${length} in all at most`,
});

/** The project that the resource is in: its own, or the provider's. */
export const projectOf = ({ inputs, config }: Pick<Thing, "inputs" | "config">) =>
  text(inputs, "project") || text(config, "project");

export const regionOf = ({ inputs, config }: Pick<Thing, "inputs" | "config">) =>
  text(inputs, "region") || text(config, "region");

/** Google numbers every project. */
export const numberOf = (project: string) => `1${digits(project, 11)}`;

export const SERVICE = "gcp:projects/service:Service";

/** A rule whose resource can be made only once its API is on: https://cloud.google.com/apis/docs/troubleshooting */
export function withApi(api: string, rule: Rule): Rule {
  return {
    ...rule,
    complaints: (thing) => {
      const project = projectOf(thing);
      const isOn = thing.cloud.store.named(SERVICE, `${project}/${api}.googleapis.com`) !== undefined;
      const off = `${api}.googleapis.com has not been used in project ${project} before or it is disabled`;
      return [...(isOn ? [] : [off]), ...(rule.complaints?.(thing) ?? [])];
    },
  };
}

/** What most resources have under their id. */
export const linked = (api: string, id: string) => ({
  selfLink: `https://www.googleapis.com/${api}/v1/${id}`,
});
