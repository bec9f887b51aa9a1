import type { Properties } from "../../../engine/random-provider/wire.js";
import { addressIn, isRange, overlap } from "../ranges.js";
import { digits, text, type Cloud, type Rule, type Rules, type Thing } from "../rule.js";
import { computeName, linked, projectOf, regionOf, source, withApi } from "./naming.js";
import { addressesInUse, oneAddress, oneNetwork } from "./quotas.js";

export const NETWORK = "gcp:compute/network:Network";
export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const ROUTER = "gcp:compute/router:Router";
export const GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
export const ADDRESS = "gcp:compute/address:Address";

const named = { input: "name", allowed: computeName };
const range = { form: isRange, says: "a range of IPv4 addresses" };
const inNetwork = { network: { to: [NETWORK] } };

const compute = (
  rule: Omit<Rule, "id" | "outputs" | "name">,
  path: (thing: Thing) => string,
  more?: Rule["outputs"],
) =>
  withApi("compute", {
    ...rule,
    name: named,
    id: (thing) => `projects/${projectOf(thing)}/${path(thing)}/${thing.name}`,
    outputs: (thing, before) => ({
      project: projectOf(thing),
      ...linked("compute", thing.id),
      ...more?.(thing, before),
    }),
  });

const regional = (kind: string) => (thing: Thing) => `regions/${regionOf(thing)}/${kind}`;

/** Every range of a subnetwork, also the secondary ones, which no other of its network may overlap. */
function rangesOf(inputs: Properties): string[] {
  const secondary = (inputs.secondaryIpRanges ?? []) as Properties[];
  return [text(inputs, "ipCidrRange"), ...secondary.map((one) => text(one, "ipCidrRange"))];
}

/** Two resources name the same network by its id, its link or its name. */
export function networkOf(
  { inputs, cloud }: Pick<Thing, "inputs" | "cloud">,
  handle = text(inputs, "network"),
): string {
  return cloud.store.named(NETWORK, handle)?.id ?? handle;
}

function overlapsOf(thing: Thing): string[] {
  const others = thing.cloud.store
    .all()
    .filter(({ token, id, inputs }) => token === SUBNETWORK && id !== thing.id && sameNetwork(thing, inputs));
  const own = rangesOf(thing.inputs);
  const pairs = [
    ...own.flatMap((one, index) => own.slice(index + 1).map((other) => [one, other] as const)),
    ...others.flatMap(({ inputs }) =>
      own.flatMap((one) => rangesOf(inputs).map((other) => [one, other] as const)),
    ),
  ];
  return pairs
    .filter(([one, other]) => overlap(one, other))
    .map(([one, other]) => `${one} conflicts with ${other}`);
}

const sameNetwork = (thing: Thing, inputs: Properties) =>
  networkOf(thing) === networkOf({ inputs, cloud: thing.cloud });

/** What a load balancer of the cluster uses stays. */
async function refuseUsed(handle: string, { cluster }: Cloud): Promise<void> {
  const users = (await cluster?.usersOf(handle)) ?? [];
  if (users.length > 0) throw new Error(`Error 400: "${handle}" is in use by ${users.join(", ")}`);
}

const addressOutputs = ({ id, inputs }: Thing): Properties => {
  const place = Number(digits(id, 9));
  const length = typeof inputs.prefixLength === "number" ? inputs.prefixLength : 32;
  if (inputs.purpose !== "VPC_PEERING")
    return { address: inputs.address ?? addressIn("203.0.113.0/24", place) };
  return { address: inputs.address ?? `10.${200 + (place % 50)}.0.0`, prefixLength: length };
};

const addressParts = [
  "name",
  "project",
  "address",
  "addressType",
  "description",
  "ipVersion",
  "network",
  "purpose",
];

export const networkRules: Rules = {
  [NETWORK]: compute(
    {
      source: source("compute", "compute_network"),
      replacesOn: ["name", "project", "description", "autoCreateSubnetworks", "internalIpv6Range"],
      values: { routingMode: ["REGIONAL", "GLOBAL"] },
      takes: () => [oneNetwork],
    },
    () => "global/networks",
    ({ id }) => ({ networkId: digits(id, 19), gatewayIpv4: "" }),
  ),

  "gcp:compute/firewall:Firewall": compute(
    {
      source: source("compute", "compute_firewall"),
      replacesOn: ["name", "project", "network", "direction"],
      values: { direction: ["INGRESS", "EGRESS"], sourceRanges: range },
      refersTo: inNetwork,
      complaints: ({ inputs }) =>
        inputs.allows !== undefined && inputs.denies !== undefined
          ? ["either allows or denies, not both"]
          : [],
    },
    () => "global/firewalls",
  ),

  [SUBNETWORK]: compute(
    {
      source: source("compute", "compute_subnetwork"),
      // A larger range than before would be an update; every other one is a new subnetwork.
      replacesOn: ["name", "project", "region", "network", "ipCidrRange", "description"],
      values: {
        ipCidrRange: range,
        "secondaryIpRanges.ipCidrRange": range,
        "secondaryIpRanges.rangeName": computeName,
        "logConfig.aggregationInterval": ["5_SEC", "30_SEC", "1_MIN", "5_MIN", "10_MIN", "15_MIN"].map(
          (interval) => `INTERVAL_${interval}`,
        ),
        "logConfig.metadata": ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"],
      },
      refersTo: inNetwork,
      complaints: overlapsOf,
    },
    regional("subnetworks"),
    ({ inputs, ...thing }) => ({
      region: regionOf({ inputs, ...thing }),
      gatewayAddress: addressIn(text(inputs, "ipCidrRange"), -1),
      fingerprint: digits(thing.id, 8),
    }),
  ),

  [ROUTER]: compute(
    {
      source: source("compute", "compute_router"),
      replacesOn: ["name", "project", "region", "network"],
      refersTo: inNetwork,
    },
    regional("routers"),
    (thing) => ({ region: regionOf(thing) }),
  ),

  "gcp:compute/routerNat:RouterNat": withApi("compute", {
    source: source("compute", "compute_router_nat"),
    name: named,
    replacesOn: ["name", "project", "region", "router"],
    values: {
      natIpAllocateOption: ["AUTO_ONLY", "MANUAL_ONLY"],
      sourceSubnetworkIpRangesToNat: [
        "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
        "LIST_OF_SUBNETWORKS",
      ],
      "logConfig.filter": ["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"],
    },
    complaints: ({ inputs }) => {
      const given = ((inputs.natIps ?? []) as unknown[]).length > 0;
      return given === (inputs.natIpAllocateOption === "MANUAL_ONLY")
        ? []
        : ["natIps with MANUAL_ONLY, and with nothing else"];
    },
    refersTo: {
      natIps: { to: [ADDRESS] },
      router: { to: [ROUTER] },
      "subnetworks.name": { to: [SUBNETWORK], holds: false },
    },
    takes: (thing) => [addressesInUse(regionOf(thing), ((thing.inputs.natIps ?? []) as unknown[]).length)],
    id: (thing) => [projectOf(thing), regionOf(thing), text(thing.inputs, "router"), thing.name].join("/"),
    outputs: (thing) => ({ project: projectOf(thing), region: regionOf(thing) }),
  }),

  [GLOBAL_ADDRESS]: compute(
    {
      source: source("compute", "compute_global_address"),
      replacesOn: [...addressParts, "prefixLength"],
      values: { addressType: ["EXTERNAL", "INTERNAL"] },
      refersTo: inNetwork,
      takes: ({ inputs }) => (inputs.addressType === "INTERNAL" ? [] : [oneAddress("global")]),
      deleted: ({ inputs }, cloud) => refuseUsed(text(inputs, "name"), cloud),
    },
    () => "global/addresses",
    addressOutputs,
  ),

  "gcp:compute/sSLPolicy:SSLPolicy": withApi("compute", {
    source: source("compute", "compute_ssl_policy"),
    name: named,
    replacesOn: ["name", "project", "description"],
    values: {
      profile: ["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"],
      minTlsVersion: ["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"],
    },
    id: (thing) => `projects/${projectOf(thing)}/global/sslPolicies/${thing.name}`,
    outputs: (thing) => ({ project: projectOf(thing), ...linked("compute", thing.id) }),
    deleted: ({ inputs }, cloud) => refuseUsed(text(inputs, "name"), cloud),
  }),

  [ADDRESS]: compute(
    {
      source: source("compute", "compute_address"),
      replacesOn: [...addressParts, "region", "networkTier", "subnetwork"],
      values: { addressType: ["EXTERNAL", "INTERNAL"], networkTier: ["PREMIUM", "STANDARD"] },
      refersTo: inNetwork,
      takes: (thing) => (thing.inputs.addressType === "INTERNAL" ? [] : [oneAddress(regionOf(thing))]),
      // A Service names it by its number, or by its name in an annotation.
      deleted: async ({ inputs, outputs }, cloud) => {
        await refuseUsed(text(outputs, "address"), cloud);
        await refuseUsed(text(inputs, "name"), cloud);
      },
    },
    regional("addresses"),
    (thing) => ({ region: regionOf(thing), ...addressOutputs(thing) }),
  ),
};
