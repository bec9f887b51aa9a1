type Config = Readonly<Record<string, unknown>>;

interface Demanded {
  /** Whether a stack with that configuration cannot be deployed without it. */
  readonly by: (config: Config) => boolean;
  readonly key: string;
  readonly value: string;
}

/** What the people of a stack set with `pulumi config set --secret` before they deploy it. */
const demanded: readonly Demanded[] = [
  {
    by: (config) => "slipway:chat" in config,
    key: "slipway:chatMongoUri",
    value: "mongodb+srv://chat:Canary0that0nobody0may0see@mongo.example.net/chat",
  },
  {
    by: (config) => (config["slipway:prisma"] as { exposed?: boolean } | undefined)?.exposed === true,
    key: "slipway:prismaManagementApiSecret",
    value: "Canary0of0the0management0interface",
  },
];

/** The secrets that a stack with such a configuration cannot be deployed without, made up. */
export function demandedSecrets(config: Config): readonly Demanded[] {
  return demanded.filter(({ by }) => by(config));
}
