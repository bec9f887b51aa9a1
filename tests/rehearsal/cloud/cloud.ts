import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../../engine/random-provider/wire.js";
import { awsInvokes, awsRules } from "../../../rehearsal/cloud/aws/index.js";
import { Faults } from "../../../rehearsal/cloud/faults.js";
import { gcpInvokes, gcpRules } from "../../../rehearsal/cloud/gcp/index.js";
import { Quotas } from "../../../rehearsal/cloud/quotas.js";
import type { Invokes, Rules } from "../../../rehearsal/cloud/rule.js";
import { SimulatedProvider } from "../../../rehearsal/cloud/simulated-provider.js";
import { Store } from "../../../rehearsal/cloud/store.js";
import type { KubernetesCluster } from "../../../rehearsal/cluster/kubernetes-cluster.js";

const kinds: Record<"gcp" | "aws", { rules: Rules; invokes: Invokes; config: Properties }> = {
  gcp: { rules: gcpRules, invokes: gcpInvokes, config: { project: "acme", region: "europe-west1" } },
  aws: {
    rules: awsRules,
    invokes: awsInvokes,
    config: {
      region: "us-west-2",
      allowedAccountIds: '["123456789012"]',
      defaultTags: '{"tags":{"Stack":"test"}}',
    },
  },
};

/** A cloud of its own for one test, asked as the engine asks: first for a check, then for the thing. */
export class TestCloud {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-cloud-"));
  readonly store = new Store(this.folder);

  /** What the cloud waits for when it is told to be slow: each ends when a test ends it. */
  readonly delays: { readonly ms: number; readonly end: () => void }[] = [];
  readonly faults = new Faults(join(this.folder, "faults"), (ms) => this.delay(ms));
  readonly quotas = new Quotas(join(this.folder, "quotas"));
  readonly provider: SimulatedProvider;
  private readonly config: Properties;

  /** @param cluster what stands behind the cloud's cluster, as far as the test needs it */
  constructor(name: "gcp" | "aws", rules: Rules = {}, cluster?: Pick<KubernetesCluster, "usersOf">) {
    const kind = kinds[name];
    this.config = kind.config;
    this.provider = new SimulatedProvider({
      name,
      rules: { ...kind.rules, ...rules },
      invokes: kind.invokes,
      cloud: { store: this.store, cluster: cluster as KubernetesCluster | undefined },
      faults: this.faults,
      quotas: this.quotas,
    });
  }

  private delay(ms: number): Promise<void> {
    return new Promise((end) => {
      this.delays.push({ ms, end });
    });
  }

  private subject(token: string, name: string) {
    return { token, name, config: this.config };
  }

  /** Each failure as "property: reason". */
  async failures(token: string, inputs: Properties): Promise<string[]> {
    const { failures } = await this.check(token, inputs);
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  check(
    token: string,
    inputs: Properties,
    { olds = {}, name = "it" }: { olds?: Properties; name?: string } = {},
  ) {
    return this.provider.check(this.subject(token, name), olds, inputs, new Uint8Array([1, 2, 3, 4]));
  }

  /** Creates it, with a name made up where none is given. */
  async create(token: string, inputs: Properties, name = "it"): Promise<{ id: string; outputs: Properties }> {
    const checked = await this.check(token, inputs, { name });
    if (checked.failures.length > 0) throw new Error(checked.failures.map(({ reason }) => reason).join("; "));
    return await this.provider.create(this.subject(token, name), checked.inputs);
  }

  update(token: string, id: string, olds: Properties, news: Properties): Promise<Properties> {
    return this.provider.update(this.subject(token, "it"), id, { inputs: olds, outputs: olds }, news);
  }

  /** Paths that replace come with a "!". */
  async changes(token: string, olds: Properties, news: Properties): Promise<string[]> {
    const before = { inputs: olds, outputs: olds };
    const changes = await this.provider.diff(this.subject(token, "it"), "id", before, news);
    return changes.map(({ path, replaces }) => `${path}${replaces ? "!" : ""}`);
  }

  delete(token: string, id: string): Promise<void> {
    return this.provider.delete(this.subject(token, "it"), id);
  }

  invoke(token: string, args: Properties): Promise<Properties> {
    return this.provider.invoke(token, args, this.config);
  }

  /** Turns APIs of Google Cloud on. */
  async enable(...apis: string[]): Promise<void> {
    for (const api of apis) {
      const service = `${api}.googleapis.com`;
      await this.create("gcp:projects/service:Service", { service, disableOnDestroy: false });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
