export interface Labels {
  /** On every object. May grow: nothing selects by them. */
  readonly labels: Readonly<Record<string, string>>;

  /** What a Service, a workload or a policy finds its pods by. Never changes: a workload's selector cannot. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Labels of one component of one app, such as the frontend of the journal. */
export function labelsFor(app: string, component: string): Labels {
  const selector = { "app.kubernetes.io/name": app, "app.kubernetes.io/component": component };
  return {
    selector,
    labels: {
      ...selector,
      app: component,
      "app.kubernetes.io/part-of": "slipway",
      "app.kubernetes.io/managed-by": "pulumi",
    },
  };
}
