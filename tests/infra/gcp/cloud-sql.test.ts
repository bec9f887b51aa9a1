import assert from "node:assert/strict";
import { CloudSql, type CloudSqlSize, editionOf } from "../../../infra/gcp/cloud-sql.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const RANDOM_ID = "random:index/randomId:RandomId";

const machine = {
  tier: "db-custom-2-7680",
  edition: "ENTERPRISE",
  diskType: "PD_SSD",
  diskAutoresize: true,
  deletionProtectionEnabled: true,
  ipConfiguration: {
    ipv4Enabled: false,
    privateNetwork: "net-id",
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
    queryInsightsEnabled: true,
    queryStringLength: 1024,
    recordApplicationTags: true,
    recordClientAddress: false,
  },
  userLabels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
};

describe("infra/gcp/cloud-sql", () => {
  let cloudSql: CloudSql;
  const run = ({ protection = true, ...size }: CloudSqlSize & { protection?: boolean } = {}) =>
    record(() => {
      const where = { project: "acme-dev", region: "europe-west1", networkId: "net-id" };
      cloudSql = new CloudSql("mysql", { ...size, ...where, protection }, new Google().opts);
    });
  const primary = async (size?: CloudSqlSize & { protection?: boolean }) =>
    only(await run(size), INSTANCE, "mysql");

  it("defaults to MySQL 8.4 on one machine, private, for clients with a certificate, with a week of backups", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), [
      "databaseInstance:DatabaseInstance mysql",
      "randomId:RandomId mysql",
    ]);
    assert.deepEqual(only(resources, INSTANCE, "mysql").inputs, {
      project: "acme-dev",
      region: "europe-west1",
      name: "mysql-1f2e3d4c",
      databaseVersion: "MYSQL_8_4",
      deletionProtection: true,
      settings: {
        ...machine,
        availabilityType: "ZONAL",
        backupConfiguration: {
          enabled: true,
          binaryLogEnabled: true,
          startTime: "01:00",
          transactionLogRetentionDays: 7,
          backupRetentionSettings: { retentionUnit: "COUNT", retainedBackups: 7 },
        },
        maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
      },
    });
  });

  it("takes another machine, a second zone, more backups and an older version", async () => {
    const { inputs } = await primary({
      tier: "db-custom-8-30720",
      highlyAvailable: true,
      backupsKept: 30,
      databaseVersion: "MYSQL_5_7",
    });
    assert.equal(inputs.databaseVersion, "MYSQL_5_7");
    assert.equal(inputs.settings.tier, "db-custom-8-30720");
    assert.equal(inputs.settings.availabilityType, "REGIONAL");
    assert.equal(inputs.settings.backupConfiguration.backupRetentionSettings.retainedBackups, 30);
  });

  it("has a copy to read from when it is told so, as hard to get at and to delete as itself", async () => {
    const resources = await run({ readReplica: true, highlyAvailable: true });
    assert.deepEqual(listOf(resources), [
      "databaseInstance:DatabaseInstance mysql",
      "databaseInstance:DatabaseInstance mysql-replica",
      "randomId:RandomId mysql",
      "randomId:RandomId mysql-replica",
    ]);
    const replica = only(resources, INSTANCE, "mysql-replica");
    assert.deepEqual(replica.inputs, {
      project: "acme-dev",
      region: "europe-west1",
      name: "mysql-replica-1f2e3d4c",
      databaseVersion: "MYSQL_8_4",
      deletionProtection: true,
      masterInstanceName: "mysql-1f2e3d4c",
      settings: { ...machine, availabilityType: "ZONAL" },
    });
    assert.equal(replica.protect, true);
  });

  it("drives every switch of protection by one value", async () => {
    for (const protection of [true, false]) {
      const { inputs, protect } = await primary({ protection });
      assert.deepEqual(
        [inputs.deletionProtection, inputs.settings.deletionProtectionEnabled, protect],
        [protection, protection, protection],
      );
    }
  });

  it("has a name that was never there before, because Google locks a deleted one for a week", async () => {
    const resources = await run({ readReplica: true });
    for (const name of ["mysql", "mysql-replica"]) {
      assert.deepEqual(only(resources, RANDOM_ID, name).inputs, {
        byteLength: 4,
        keepers: { project: "acme-dev", region: "europe-west1" },
      });
    }
  });

  it("has no size of disk, which would shrink it to nothing one day", async () => {
    const { inputs } = await primary();
    assert.equal("diskSize" in inputs.settings, false);
  });

  const tiers: [string, string, boolean][] = [
    ["db-custom-1-3840", "ENTERPRISE", true],
    ["db-n1-standard-2", "ENTERPRISE", true],
    ["db-f1-micro", "ENTERPRISE", false],
    ["db-g1-small", "ENTERPRISE", false],
    ["db-perf-optimized-N-4", "ENTERPRISE_PLUS", true],
  ];
  for (const [tier, edition, insights] of tiers) {
    it(`asks for edition ${edition} ${insights ? "with" : "without"} insights for ${tier}`, async () => {
      const { settings } = (await primary({ tier })).inputs;
      assert.equal(editionOf(tier), edition);
      assert.deepEqual([settings.edition, settings.insightsConfig.queryInsightsEnabled], [edition, insights]);
    });
  }

  it("has the time that Cloud SQL takes", async () => {
    const { timeouts } = await primary();
    assert.deepEqual([timeouts.create, timeouts.update, timeouts.delete], ["60m", "60m", "30m"]);
  });

  it("tells where it is and what the proxy calls it", async () => {
    await run();
    assert.equal(await valueOf(cloudSql.instanceName), "mysql-1f2e3d4c");
    assert.equal(await valueOf(cloudSql.connectionName), "acme-dev:europe-west1:mysql-1f2e3d4c");
    assert.equal(await valueOf(cloudSql.privateIpAddress), "10.12.0.3");
  });
});
