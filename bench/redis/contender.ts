import { until } from "../../tests/local/platform.js";

/** A Redis of three pods in the cluster, with Sentinels. */
export interface Contender {
  readonly name: string;
  readonly namespace: string;
  readonly pods: readonly string[];

  /** Name of the pod that the Sentinels call the primary. */
  primary(): Promise<string>;

  /** What a pod's server answers. */
  ask(pod: string, command: string): Promise<string>;

  /** Variables of the writers, as the journal's frontend reads them. */
  readonly env: Readonly<Record<string, string>>;

  /** What is in the file that REDIS_PASSWORD_FILE names. */
  readonly password?: string;
}

/** Names of the pods that take themselves for the primary. */
export async function leaders(contender: Contender): Promise<string[]> {
  const { pods } = contender;
  // One that cannot be asked leads nobody.
  const ask = (pod: string) => contender.ask(pod, "info replication").catch(() => "");
  const accounts = await Promise.all(pods.map(ask));
  return pods.filter((_, index) => accounts[index]?.includes("role:master"));
}

/** Waits until one server leads and the others follow it, as each Sentinel knows them. */
export async function replicating(contender: Contender): Promise<void> {
  const patienceSec = 180;
  await until(
    "one primary with two followers",
    async () => {
      const [leader, ...others] = await leaders(contender);
      if (leader === undefined || others.length > 0) return `leaders: ${[leader, ...others].join(", ")}`;
      if ((await contender.primary()) !== leader) return `the Sentinels know another than ${leader}`;
      const account = await contender.ask(leader, "info replication");
      // A follower that still loads its data is none to fail over to.
      return (account.match(/state=online/g) ?? []).length === 2 ? undefined : account;
    },
    patienceSec,
  );
}
