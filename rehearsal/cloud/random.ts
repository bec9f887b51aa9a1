import type { CheckResult, DiffResult } from "@pulumi/pulumi/provider/provider.js";
import { randomProvider } from "../../engine/random-provider/provider.js";
import type { Properties } from "../../engine/random-provider/wire.js";
import type { Subject, WireProvider } from "./protocol.js";

const urnOf = ({ token, name }: Subject) => `urn:pulumi:rehearsal::slipway::${token}::${name}`;

/** The repository's own provider of `random`, which needs no cloud, behind the same protocol as the clouds'. */
export const randomWireProvider: WireProvider = {
  version: randomProvider.version,

  async check(subject, olds, news) {
    const result: CheckResult = await randomProvider.check(urnOf(subject), olds, news);
    return { inputs: result.inputs as Properties, failures: result.failures ?? [] };
  },

  async diff(subject, id, before, news) {
    const { replaces = [] }: DiffResult = await randomProvider.diff(id, urnOf(subject), before.outputs, news);
    return replaces.map((path) => ({ path, kind: "update", replaces: true }) as const);
  },

  async create(subject, inputs) {
    const result = await randomProvider.create(urnOf(subject), inputs);
    return { id: result.id, outputs: result.outs as Properties };
  },

  foresee(_subject, inputs, before) {
    // The SDK takes for unknown what a preview does not say.
    return { ...before?.outputs, ...inputs };
  },

  update({ token }) {
    return Promise.reject(new Error(`${token} is replaced by every change, never updated`));
  },

  read(_subject, _id, before) {
    return Promise.resolve(before);
  },

  delete: () => randomProvider.delete(),
};
