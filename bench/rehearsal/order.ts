/** What a state tells of the order in which resources are made. */
export interface Ordered {
  readonly urn: string;
  readonly custom: boolean;
  readonly parent?: string;

  /** URN and id. */
  readonly provider?: string;
  readonly dependencies?: readonly string[];
}

/** The URN in a resource's `provider`. */
export const providerUrnOf = ({ provider = "" }: Ordered) => provider.slice(0, provider.lastIndexOf("::"));

/**
 * What each resource has to wait for where there are no components, by its URN: what is in a component waits for what
 * that waits for, and who waits for a component waits for all that is in it. What follows from the rest is left out.
 *
 * @param resources in the order of a state, in which nothing comes before what it waits for
 */
export function orderWithoutComponents(resources: readonly Ordered[]): Map<string, string[]> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const inside = (urn: string): string[] =>
    byUrn.get(urn)?.custom === false
      ? resources.filter(({ parent }) => parent === urn).flatMap((child) => inside(child.urn))
      : [urn];
  const waitedFor = ({ dependencies = [], parent = "" }: Ordered): string[] => {
    const component = byUrn.get(parent);
    return [...dependencies.flatMap(inside), ...(component ? waitedFor(component) : [])];
  };

  const order = new Map<string, string[]>();
  const implied = new Map<string, Set<string>>();
  for (const resource of resources.filter(({ custom }) => custom)) {
    const all = [...new Set([...waitedFor(resource), providerUrnOf(resource)])].filter((urn) =>
      implied.has(urn),
    );
    const follows = new Set(all.flatMap((urn) => [...(implied.get(urn) ?? [])]));
    order.set(
      resource.urn,
      all.filter((urn) => !follows.has(urn)),
    );
    implied.set(resource.urn, new Set([...all, ...follows]));
  }
  return order;
}
