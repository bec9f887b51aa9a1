import type { Changed } from "../changes.js";
import type { Act } from "./act.js";
import { podsAct } from "./deployment.js";
import type { Edit } from "./edits.js";
import { notRefused } from "./refusals.js";
import type { Configuration } from "../stack.js";

interface EverydayChange {
  readonly title: string;
  readonly edit?: Edit;

  /** A secret that a person sets. */
  readonly secret?: readonly [key: string, value: string];

  /**
   * Whether it is a change of the stack with that file.
   *
   * @default it is one of every stack
   */
  readonly isChangeOf?: (committed: Configuration) => boolean;

  /** Everything that may change, and has to. */
  readonly changes: readonly Changed[];
}

const FRONTEND = "update Deployment journal-frontend";
const created = (resource: string): Changed => `create ${resource}`;
const NEXT_IMAGE = `registry.example/slipway/journal-frontend:v9.9.9-1111111@sha256:${"1".repeat(64)}`;
const PLATFORM_ROLE = "arn:aws:iam::333333333333:role/platform";

/** Each comes on top of those before it. */
const everydayChanges: readonly EverydayChange[] = [
  {
    title: "more entries on a page",
    edit: { "slipway:journal": { journalEntries: 25 } },
    changes: ["replace ConfigMap journal-frontend-config", FRONTEND],
  },
  {
    title: "a new image",
    edit: { "slipway:images": { "journal-frontend": NEXT_IMAGE } },
    changes: [FRONTEND],
  },
  {
    title: "one more replica",
    edit: { "slipway:journal": { frontend: { replicas: 3 } } },
    changes: [FRONTEND, "update ResourceQuota journal"],
  },
  {
    title: "a password of our own",
    secret: ["slipway:redisPassword", "Rotated0password0of0the0rehearsal"],
    changes: [
      "delete RandomPassword journal-redis-password",
      FRONTEND,
      "replace Secret journal-redis",
      "update StatefulSet journal-redis",
    ],
  },
  {
    title: "another MongoDB for the chat",
    secret: ["slipway:chatMongoUri", "mongodb+srv://chat:Rotated0password0of0it@mongo.example.net/chat"],
    changes: ["replace Secret chat-mongodb-uri", "update Deployment chat-server"],
  },
  {
    // The user that nobody uses gets it, and the pods go over to that one.
    title: "a rotated database password",
    edit: { "slipway:prisma": { passwordVersion: 2 } },
    changes: [
      "update Deployment prisma-server",
      "replace Job prisma-migrations",
      "replace RandomPassword prisma-b",
      "replace Secret prisma-config",
      "update User prisma-b",
    ],
  },
  {
    title: "more nodes of GKE",
    edit: { "slipway:gcp": { gke: { minNodes: 4, maxNodes: 6 } } },
    changes: ["update NodePool gcp-gke-nodes"],
  },
  {
    title: "more nodes of EKS",
    edit: { "slipway:aws": { eks: { desiredNodes: 4, maxNodes: 6 } } },
    changes: ["update NodeGroup aws-eks-nodes"],
  },
  {
    title: "larger machines of GKE",
    edit: { "slipway:gcp": { gke: { machineType: "e2-standard-8" } } },
    changes: ["update NodePool gcp-gke-nodes"],
  },
  {
    title: "larger machines of EKS",
    edit: { "slipway:aws": { eks: { instanceType: "m5.xlarge" } } },
    changes: ["update LaunchTemplate aws-eks-nodes", "update NodeGroup aws-eks-nodes"],
  },
  {
    // The control plane is reached by its address from now on, with an authority of its own.
    title: "a new kubeconfig of GKE",
    edit: { "slipway:gcp": { gke: { reachableFrom: ["203.0.113.0/24"] } } },
    changes: ["update Cluster gcp-gke", "update kubernetes gke"],
  },
  {
    // Whoever uses it enters in that role from now on, so the role is let in; as an admin's it may push images, too.
    title: "a new kubeconfig of EKS",
    edit: { "slipway:aws": { eks: { admins: [PLATFORM_ROLE], roleArn: PLATFORM_ROLE } } },
    changes: [
      created("AccessEntry aws-eks-admin-role-platform"),
      created("AccessPolicyAssociation aws-eks-admin-role-platform-ClusterAdmin"),
      "update Role aws-push",
      "update kubernetes eks",
    ],
  },
  {
    title: "the chat's page moves from its load balancer to an entry",
    edit: { "slipway:chat": { client: { exposedBy: "entry" } } },
    isChangeOf: hasPageBehindLoadBalancer,
    changes: [
      ...["BackendConfig chat-client", "FrontendConfig chat-frontend", "GlobalAddress chat"].map(created),
      ...["Ingress chat", "ManagedCertificate chat-certificate"].map(created),
      "delete Address chat",
      "delete Service chat",
      "replace ConfigMap chat-server-config",
      // The page has TLS then, and is of the same site as its server.
      "update BackendConfig chat-server",
      "update Deployment chat-server",
      "update NetworkPolicy chat-client",
      "update ResourceQuota chat",
      "update Service chat-client",
    ],
  },
];

function hasPageBehindLoadBalancer(committed: Configuration): boolean {
  const { client } = (committed["slipway:chat"] ?? {}) as { client?: { exposedBy?: string } };
  return client?.exposedBy === "loadBalancer";
}

/** "update Deployment journal-frontend" without the verb. */
const spoken = (change: Changed) => change.slice(change.indexOf(" ") + 1);

/** What the last update put out is known to the engine alone, so only with a real one does the program learn it. */
const versionAct: Act = {
  title: "a version of the database password that is not the next one is refused, and changes nothing",
  async play(stage) {
    const broken: string[] = [];
    for (const passwordVersion of [1, 4]) {
      await stage.edit({ "slipway:prisma": { passwordVersion } });
      broken.push(...notRefused(await stage.run("up"), "slipway:prisma.passwordVersion: expected 2, "));
    }
    await stage.edit({ "slipway:prisma": { passwordVersion: 2 } });
    const { problems, changes } = await stage.change([]);
    return { problems: [...broken, ...problems], changes };
  },
};

/** What happens to a stack in its life, each with the exact set of resources that may change. */
export function everydayActs(committed: Configuration): Act[] {
  const own = everydayChanges.filter(({ isChangeOf }) => isChangeOf?.(committed) ?? true);
  return [
    ...own.map(({ title, edit, secret, changes }): Act => ({
      title: `${title}: changes ${changes.map(spoken).join(", ")} and nothing else`,
      async play(stage) {
        if (edit) await stage.edit(edit);
        if (secret) await stage.setSecret(...secret);
        return await stage.change([...changes].sort());
      },
    })),
    versionAct,
    podsAct("after all of it, on new nodes, every pod is ready and apart from its like again"),
  ];
}
