import { randomProvider } from "../../../engine/random-provider/provider.js";
import { reveal, type Properties } from "../../../engine/random-provider/wire.js";

export const STRING = "random:index/randomString:RandomString";
export const PASSWORD = "random:index/randomPassword:RandomPassword";
export const ID = "random:index/randomId:RandomId";
export const INTEGER = "random:index/randomInteger:RandomInteger";

/** The URN of a child of a component, as most resources are. */
export function urnOf(token: string): string {
  return `urn:pulumi:dev::slipway::slipway:apps:Chat$${token}::it`;
}

/** The failures of a check, one line each. */
export async function failuresOf(token: string, inputs: Properties): Promise<string[]> {
  const { failures = [] } = await randomProvider.check(urnOf(token), {}, inputs);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

export async function replacesOf(token: string, olds: Properties, news: Properties): Promise<string[]> {
  const { changes, replaces = [] } = await randomProvider.diff("id", urnOf(token), olds, news);
  if (changes !== replaces.length > 0)
    throw new Error(`changes is ${changes} for ${replaces.length} replaces`);
  return replaces;
}

export async function create(token: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
  const { id, outs } = await randomProvider.create(urnOf(token), inputs);
  return { id, outs: outs as Properties };
}

/** The outputs of a new resource as plain values. */
export async function outputsOf(token: string, inputs: Properties): Promise<Properties> {
  return reveal((await create(token, inputs)).outs) as Properties;
}
