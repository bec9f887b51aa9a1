import type { Properties } from "../../../engine/random-provider/wire.js";
import { addressIn } from "../ranges.js";
import { block, digits, text, type Rules, type Thing } from "../rule.js";
import { projectOf, regionOf, source, withApi } from "./naming.js";
import { GLOBAL_ADDRESS, NETWORK, networkOf } from "./network.js";
import { CONNECTION } from "./private-services.js";
import { oneInstance } from "./quotas.js";

const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const DATABASE = "gcp:sql/database:Database";
const USER = "gcp:sql/user:User";

const ipOf = (inputs: Properties) => block(block(inputs, "settings"), "ipConfiguration");

/** https://cloud.google.com/sql/docs/mysql/configure-private-ip: the network has to be connected first. */
function instanceComplaints(thing: Thing): string[] {
  const { inputs, cloud } = thing;
  const settings = block(inputs, "settings");
  const network = text(ipOf(inputs), "privateNetwork");
  const connected = cloud.store
    .all()
    .some(
      (other) => other.token === CONNECTION && networkOf({ ...other, cloud }) === networkOf(thing, network),
    );
  const enterprisePlus = text(settings, "tier").startsWith("db-perf-optimized-");
  const backup = block(settings, "backupConfiguration");
  const isReplica = text(inputs, "masterInstanceName") !== "";
  return [
    ...(network !== "" && !connected ? [`network ${network} is not connected to the services' network`] : []),
    ...(enterprisePlus !== (text(settings, "edition") === "ENTERPRISE_PLUS")
      ? [`tier ${text(settings, "tier")} is not of the edition ${text(settings, "edition") || "ENTERPRISE"}`]
      : []),
    ...(text(settings, "availabilityType") === "REGIONAL" && !isReplica && backup.binaryLogEnabled !== true
      ? ["a regional instance needs backups with the binary log"]
      : []),
    ...(isReplica && backup.enabled === true ? ["a read replica has no backups of its own"] : []),
  ];
}

function instanceOutputs(thing: Thing): Properties {
  const [project, region] = [projectOf(thing), regionOf(thing)];
  const range = thing.cloud.store
    .all()
    .find(({ token, inputs }) => token === GLOBAL_ADDRESS && inputs.purpose === "VPC_PEERING");
  const network =
    range === undefined
      ? "10.200.0.0/20"
      : `${text(range.outputs, "address")}/${String(range.outputs.prefixLength)}`;
  const privateIpAddress = addressIn(network, Number(digits(thing.id, 9)));
  const isPrivate = text(ipOf(thing.inputs), "privateNetwork") !== "";
  return {
    project,
    region,
    connectionName: `${project}:${region}:${thing.name}`,
    selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${project}/instances/${thing.name}`,
    serviceAccountEmailAddress: `p${digits(project, 12)}-${digits(thing.id, 6)}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
    ...(isPrivate && {
      privateIpAddress,
      firstIpAddress: privateIpAddress,
      ipAddresses: [{ ipAddress: privateIpAddress, type: "PRIVATE", timeToRetire: "" }],
    }),
    publicIpAddress: "",
  };
}

const inInstance = { instance: { to: [INSTANCE], holds: false } };

export const databaseRules: Rules = {
  [INSTANCE]: withApi("sqladmin", {
    source: source("sql", "sql_database_instance"),
    name: {
      input: "name",
      allowed: {
        form: /^[a-z]([-a-z0-9]{0,82}[a-z0-9])?$/,
        says: "a letter, then small letters, digits and hyphens",
      },
    },
    replacesOn: [
      ...["name", "project", "region", "masterInstanceName", "encryptionKeyName", "restoreBackupContext"],
      ...["settings.diskType", "settings.timeZone"],
    ],
    values: {
      "settings.availabilityType": ["REGIONAL", "ZONAL"],
      "settings.edition": ["ENTERPRISE", "ENTERPRISE_PLUS"],
      "settings.diskType": ["PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"],
      "settings.ipConfiguration.sslMode": [
        "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
        "ENCRYPTED_ONLY",
        "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
      ],
      "settings.maintenanceWindow.day": [1, 2, 3, 4, 5, 6, 7],
      "settings.maintenanceWindow.updateTrack": ["canary", "stable", "week5"],
      databaseVersion: { form: /^(MYSQL_(5_7|8_0|8_4)|POSTGRES_1\d)$/, says: "a version that Cloud SQL has" },
    },
    refersTo: {
      masterInstanceName: { to: [INSTANCE] },
      "settings.ipConfiguration.privateNetwork": { to: [NETWORK], holds: false },
    },
    protectedBy: { deletionProtection: true, "settings.deletionProtectionEnabled": false },
    complaints: instanceComplaints,
    takes: () => [oneInstance],
    id: (thing) => `projects/${projectOf(thing)}/instances/${thing.name}`,
    outputs: instanceOutputs,
    remains: () => "the name of an instance stays taken for a week",
  }),

  [DATABASE]: {
    source: source("sql", "sql_database"),
    name: { input: "name", allowed: { form: /^[\w$-]{1,64}$/, says: "a name that MySQL takes" } },
    replacesOn: ["name", "project", "instance"],
    refersTo: inInstance,
    id: (thing) =>
      `projects/${projectOf(thing)}/instances/${text(thing.inputs, "instance")}/databases/${thing.name}`,
    outputs: (thing) => ({ project: projectOf(thing) }),
  },

  [USER]: {
    source: source("sql", "sql_user"),
    name: { input: "name", allowed: { form: /^\S{1,32}$/, says: "a name of 32 characters at most" } },
    replacesOn: ["name", "project", "instance", "host", "type"],
    refersTo: inInstance,
    id: ({ inputs, name }) => `${name}/${text(inputs, "host")}/${text(inputs, "instance")}`,
    outputs: (thing) => ({ project: projectOf(thing) }),
  },
};
