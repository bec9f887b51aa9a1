import { DatabaseInstance, type DatabaseInstanceArgs } from "@pulumi/gcp/sql/databaseInstance.js";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cloudLabels } from "./labels.js";

export interface CloudSqlSize {
  /**
   * Cloud SQL's name for the size of the machine.
   *
   * @default "db-custom-2-7680"
   */
  tier?: string;

  /**
   * Whether a second machine in another zone takes over.
   *
   * @default false
   */
  highlyAvailable?: boolean;

  /**
   * Whether there is a copy for those who only read.
   *
   * @default false
   */
  readReplica?: boolean;

  /**
   * Daily backups; to any second of the last seven days the database goes back anyway.
   *
   * @default 7
   */
  backupsKept?: number;

  /**
   * Google upgrades from 5.7 to 8.0 only, and from there to 8.4.
   *
   * @default "MYSQL_8_4"
   */
  databaseVersion?: "MYSQL_8_4" | "MYSQL_5_7";
}

export interface CloudSqlArgs extends CloudSqlSize {
  project: pulumi.Input<string>;
  region: string;

  /** Known when Google's services are connected to it. */
  networkId: pulumi.Input<string>;

  /** Whether neither Pulumi nor Google deletes an instance. */
  protection: boolean;
}

/** Cloud SQL for MySQL, with private addresses and for clients with a certificate only, as the Auth Proxy has one. */
export class CloudSql extends pulumi.ComponentResource {
  readonly instanceName: pulumi.Output<string>;

  /** What the Auth Proxy calls it: "<project>:<region>:<instance>". */
  readonly connectionName: pulumi.Output<string>;
  readonly privateIpAddress: pulumi.Output<string>;

  constructor(name: string, args: CloudSqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:CloudSql", name, {}, opts);

    const { project, region, networkId, protection, tier = "db-custom-2-7680" } = args;
    const { highlyAvailable = false, readReplica = false, backupsKept = 7 } = args;
    const { databaseVersion = "MYSQL_8_4" } = args;
    const parent = this;

    const primary = createPrimary();
    if (readReplica) createReplica();

    this.instanceName = primary.name;
    this.connectionName = primary.connectionName;
    this.privateIpAddress = primary.privateIpAddress;
    this.registerOutputs({ connectionName: this.connectionName });

    function createPrimary() {
      return createInstance(name, {
        settings: {
          ...settingsOf({ tier, networkId, protection }),
          availabilityType: highlyAvailable ? "REGIONAL" : "ZONAL",
          backupConfiguration: {
            enabled: true,
            // Point-in-time recovery, and what a second machine and a replica are fed with.
            binaryLogEnabled: true,
            startTime: "01:00",
            transactionLogRetentionDays: 7,
            backupRetentionSettings: { retentionUnit: "COUNT", retainedBackups: backupsKept },
          },
          // Not while the backup runs; Google tells a week before.
          maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
        },
      });
    }

    function createReplica() {
      return createInstance(`${name}-replica`, {
        masterInstanceName: primary.name,
        settings: { ...settingsOf({ tier, networkId, protection }), availabilityType: "ZONAL" },
      });
    }

    function createInstance(
      instance: string,
      own: Pick<DatabaseInstanceArgs, "settings" | "masterInstanceName">,
    ) {
      // Google locks the name of a deleted instance for a week. These are what an instance is replaced for.
      const suffix = new random.RandomId(
        instance,
        { byteLength: 4, keepers: { project, region } },
        { parent },
      );
      return new DatabaseInstance(
        instance,
        {
          project,
          region,
          name: pulumi.interpolate`${instance}-${suffix.hex}`,
          databaseVersion,
          deletionProtection: protection,
          ...own,
        },
        {
          parent,
          protect: protection,
          customTimeouts: { create: "60m", update: "60m", delete: "30m" },
        },
      );
    }
  }
}

interface MachineArgs extends Pick<CloudSqlArgs, "networkId" | "protection"> {
  tier: string;
}

/** What the primary and its replica have in common; Google copies none of it from one to the other. */
function settingsOf({ tier, networkId, protection }: MachineArgs) {
  return {
    tier,
    edition: editionOf(tier),
    diskType: "PD_SSD",
    // It grows by itself; a size said here would be too small one day, and replace the instance.
    diskAutoresize: true,
    deletionProtectionEnabled: protection,
    ipConfiguration: {
      ipv4Enabled: false,
      privateNetwork: networkId,
      // A password alone opens nothing: the Auth Proxy gets a certificate for an hour by its pod's identity.
      sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
    },
    databaseFlags: [
      { name: "local_infile", value: "off" },
      { name: "skip_show_database", value: "on" },
      { name: "slow_query_log", value: "on" },
      { name: "long_query_time", value: "1" },
      { name: "log_output", value: "FILE" },
    ],
    insightsConfig: {
      queryInsightsEnabled: !isSharedCore(tier),
      queryStringLength: 1024,
      recordApplicationTags: true,
      recordClientAddress: false,
    },
    userLabels: cloudLabels(),
  };
}

/** The edition that has such machines; Google's default depends on the version, and refuses the other's machines. */
export function editionOf(tier: string): "ENTERPRISE" | "ENTERPRISE_PLUS" {
  return tier.startsWith("db-perf-optimized-") ? "ENTERPRISE_PLUS" : "ENTERPRISE";
}

/** Machines too small to be asked what they do. */
function isSharedCore(tier: string): boolean {
  return tier === "db-f1-micro" || tier === "db-g1-small";
}
