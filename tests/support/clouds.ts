export const PROJECT_NUMBER = "123456789012";
export const ACCOUNT_ID = "123456789012";
export const REGION = "us-west-2";
export const HOSTNAME = "k8s-journal-1234.us-west-2.elb.amazonaws.com";
const SUFFIX = "0a1b2c3";

type Answer = (name: string, inputs: any) => Record<string, unknown>;

/** What Google makes up when a resource is made: only what is not among the inputs. */
const google: Readonly<Record<string, Answer>> = {
  "gcp:projects/serviceIdentity:ServiceIdentity": () => {
    const agent = `service-${PROJECT_NUMBER}@container-engine-robot.iam.gserviceaccount.com`;
    return { email: agent, member: `serviceAccount:${agent}` };
  },
  "gcp:serviceaccount/account:Account": (_name, { accountId, project }) => {
    const email = `${accountId as string}@${project as string}.iam.gserviceaccount.com`;
    return {
      email,
      member: `serviceAccount:${email}`,
      name: `projects/${project as string}/serviceAccounts/${email}`,
    };
  },
  "gcp:projects/iAMCustomRole:IAMCustomRole": (_name, { project, roleId }) => ({
    name: `projects/${project as string}/roles/${roleId as string}`,
  }),
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": (_name, inputs) => ({ name: poolOf(inputs) }),
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": (_name, inputs) => ({
    name: `${poolOf(inputs)}/providers/${inputs.workloadIdentityPoolProviderId as string}`,
  }),
  "gcp:compute/globalAddress:GlobalAddress": () => ({ address: "203.0.113.10" }),
  "gcp:compute/address:Address": (name) => ({
    address: "203.0.113.20",
    selfLink: `https://www.googleapis.com/compute/v1/addresses/${name}`,
  }),
  "gcp:container/cluster:Cluster": () => ({
    endpoint: "203.0.113.30",
    masterAuth: { clusterCaCertificate: "Q0E=" },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke-1a2b.europe-west1.gke.goog" } },
  }),
  "gcp:sql/databaseInstance:DatabaseInstance": (name, { project, region }) => ({
    connectionName: `${project as string}:${region as string}:${name}`,
    privateIpAddress: "10.12.0.3",
  }),
};

const poolOf = ({ workloadIdentityPoolId }: any) =>
  `projects/${PROJECT_NUMBER}/locations/global/workloadIdentityPools/${workloadIdentityPoolId as string}`;

/** What AWS makes up when a resource is made: only what is not among the inputs. */
const aws: Readonly<Record<string, Answer>> = {
  "aws:ec2/eip:Eip": (name) => ({ publicIp: name.endsWith("-b") ? "198.51.100.12" : "198.51.100.11" }),
  "aws:iam/role:Role": (name) => ({ arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}` }),
  "aws:kms/key:Key": (name) => ({
    arn: `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${name}`,
    keyId: `${name}-key`,
  }),
  "aws:cloudwatch/logGroup:LogGroup": (name) => ({
    arn: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${name}`,
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 3 }),
  "aws:acm/certificate:Certificate": (name) => ({
    arn: `arn:aws:acm:${REGION}:${ACCOUNT_ID}:certificate/${name}`,
    domainValidationOptions: [
      { resourceRecordName: "_token.host.", resourceRecordType: "CNAME", resourceRecordValue: "_proof.aws." },
    ],
  }),
  "aws:route53/record:Record": (name) => ({ fqdn: name }),
  "eks:index:Cluster": (name) => ({
    eksCluster: {
      name,
      endpoint: "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com",
      certificateAuthority: { data: "Q0VSVElGSUNBVEU=" },
    },
  }),
  "kubernetes:networking.k8s.io/v1:Ingress": () => ({
    status: { loadBalancer: { ingress: [{ hostname: HOSTNAME }] } },
  }),
};

/**
 * What a cloud answers beyond the inputs when it makes a resource, and which of it is known before: in a preview the
 * name alone, which Pulumi makes up, and not even that where it is a path with a number that the cloud gives.
 */
export function cloudAnswers(type: string, logicalName: string, inputs: any) {
  const isGoogle = type.startsWith("gcp:");
  const name: string = inputs.name ?? (isGoogle ? `${logicalName}-${SUFFIX}` : logicalName);
  const made = (google[type] ?? aws[type])?.(name, inputs) ?? {};
  return { name: isGoogle ? { name, ...made }.name : undefined, made, isNamePath: "name" in made };
}

/** What a cloud answers to a question, if anybody asks it. */
export function cloudCall(token: string, inputs: any): Record<string, unknown> | undefined {
  if (token !== "aws:route53/getZone:getZone") return undefined;
  return { ...inputs, zoneId: `zone-of-${inputs.name as string}` };
}
