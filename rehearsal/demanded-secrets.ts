/** What the people of a stack set with `pulumi config set --secret` before they deploy it, by the app that needs it. */
const demanded: Readonly<Record<string, readonly [key: string, value: string]>> = {
  "slipway:chat": [
    "slipway:chatMongoUri",
    "mongodb+srv://chat:Canary0that0nobody0may0see@mongo.example.net/chat",
  ],
};

/** The secrets that a stack with such a configuration cannot be deployed without, made up. */
export function demandedSecrets(
  config: Readonly<Record<string, unknown>>,
): (readonly [key: string, value: string])[] {
  return Object.entries(demanded).flatMap(([app, secret]) => (app in config ? [secret] : []));
}
