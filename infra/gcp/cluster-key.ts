import { CryptoKey } from "@pulumi/gcp/kms/cryptoKey.js";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember.js";
import { KeyRing } from "@pulumi/gcp/kms/keyRing.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudLabels } from "./labels.js";

export interface ClusterKeyArgs {
  project: pulumi.Input<string>;
  region: string;

  /** Who encrypts and decrypts with it. */
  gkeServiceAgent: pulumi.Input<string>;

  /** Whether Pulumi refuses to destroy it: without the key nobody reads the cluster's Secrets again. */
  protection: boolean;
}

const NINETY_DAYS = "7776000s";

/** The key that GKE encrypts the cluster's Secrets with, before they go to its own store. */
export class ClusterKey extends pulumi.ComponentResource {
  /** Known when GKE may use it. */
  readonly keyName: pulumi.Output<string>;

  constructor(name: string, args: ClusterKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:ClusterKey", name, {}, opts);

    const { project, region, gkeServiceAgent, protection } = args;
    const parent = this;

    const key = createKey(createKeyRing());
    const grant = createGrant();

    this.keyName = pulumi.all([key.id, grant.role]).apply(([id]) => id);
    this.registerOutputs({ keyName: this.keyName });

    function createKeyRing() {
      // Google deletes no key ring, ever; Pulumi's suffix keeps its name apart from those of rings before it.
      return new KeyRing(name, { project, location: region }, { parent });
    }

    function createKey(keyRing: KeyRing) {
      return new CryptoKey(
        name,
        {
          keyRing: keyRing.id,
          purpose: "ENCRYPT_DECRYPT",
          rotationPeriod: NINETY_DAYS,
          labels: cloudLabels(),
        },
        { parent, protect: protection },
      );
    }

    function createGrant() {
      return new CryptoKeyIAMMember(
        name,
        {
          cryptoKeyId: key.id,
          role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
          member: gkeServiceAgent,
        },
        { parent },
      );
    }
  }
}
