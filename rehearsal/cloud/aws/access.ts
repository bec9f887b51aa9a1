import { hex, text, type Rules } from "../rule.js";
import { clusterNameOf, ofCluster } from "./cluster-names.js";
import { ROLE } from "./identity.js";
import { arnOf, common, loosely, madeUpId, regionOf, source } from "./naming.js";

const ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";

/** Who may enter a cluster, and as whom its pods act. */
export const accessRules: Rules = {
  [ACCESS_ENTRY]: {
    source: source("eks", "access_entry"),
    replacesOn: ["clusterName", "principalArn", "type"],
    values: { type: ["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX"] },
    refersTo: ofCluster,
    id: ({ inputs }) => `${text(inputs, "clusterName")}:${text(inputs, "principalArn")}`,
    outputs: (thing) => ({
      ...common(thing),
      accessEntryArn: arnOf(thing, "eks", `access-entry/${clusterNameOf(thing)}/${hex(thing.id, 16)}`),
    }),
  },

  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    source: source("eks", "access_policy_association"),
    replacesOn: ["clusterName", "principalArn", "policyArn", "accessScope"],
    values: {
      policyArn: {
        form: /^arn:aws:eks::aws:cluster-access-policy\/AmazonEKS\w+Policy$/,
        says: "a policy of EKS",
      },
      "accessScope.type": ["cluster", "namespace"],
    },
    refersTo: ofCluster,
    complaints: ({ inputs, cloud }) => {
      const entry = `${text(inputs, "clusterName")}:${text(inputs, "principalArn")}`;
      return cloud.store.named(ACCESS_ENTRY, entry)
        ? []
        : [`no access entry for ${text(inputs, "principalArn")}`];
    },
    id: ({ inputs }) =>
      ["clusterName", "principalArn", "policyArn"].map((part) => text(inputs, part)).join("#"),
    outputs: (thing) => ({ region: regionOf(thing) }),
  },

  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    source: source("eks", "pod_identity_association"),
    replacesOn: ["clusterName", "namespace", "serviceAccount"],
    refersTo: { ...ofCluster, roleArn: loosely(ROLE) },
    complaints: ({ inputs, token, id, cloud }) =>
      cloud.store
        .all()
        .some(
          (other) =>
            other.token === token &&
            other.id !== id &&
            ["clusterName", "namespace", "serviceAccount"].every(
              (part) => other.inputs[part] === inputs[part],
            ),
        )
        ? ["the service account has an association already"]
        : [],
    id: () => madeUpId("a"),
    outputs: (thing) => ({
      ...common(thing),
      associationId: thing.id,
      associationArn: arnOf(thing, "eks", `podidentityassociation/${clusterNameOf(thing)}/${thing.id}`),
    }),
  },
};
