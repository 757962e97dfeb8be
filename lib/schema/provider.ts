/** The provider block and the names under which Terraform knows the provider. */
import type { BlockSchema } from './model';

/** No public authority certifies a `.local` host: a missing mirror fails instead of downloading a stranger's file. */
export const sourceAddress = 'terraform.local/cdktf-byok/byok';

export const providerName = 'byok';

/** Documented limit of the KMS for one user, in requests per second. */
export const documentedRequestsPerSecond = 20;

export const defaultMaxRetries = 5;

export const defaultCloud = 'huaweicloud';

/**
 * Environment variables behind the attributes, under the names that the vendors' own Terraform providers use: `HW` for Huawei
 * Cloud and its relatives, `OS` for Open Telekom Cloud. The first one that is set counts.
 */
export const environmentVariables = {
  region: { HW: ['HW_REGION_NAME'], OS: ['OS_REGION', 'OS_REGION_NAME'] },
  project_id: { HW: ['HW_PROJECT_ID'], OS: ['OS_PROJECT_ID', 'OS_TENANT_ID'] },
  project_name: { HW: ['HW_PROJECT_NAME'], OS: ['OS_TENANT_NAME', 'OS_PROJECT_NAME'] },
  enterprise_project_id: { HW: ['HW_ENTERPRISE_PROJECT_ID'], OS: [] },
  auth_url: { HW: ['HW_AUTH_URL'], OS: ['OS_AUTH_URL'] },
  auth_token: { HW: ['HW_AUTH_TOKEN'], OS: ['OS_AUTH_TOKEN', 'OS_TOKEN'] },
  user_name: { HW: ['HW_USER_NAME'], OS: ['OS_USERNAME'] },
  password: { HW: ['HW_USER_PASSWORD'], OS: ['OS_PASSWORD'] },
  domain_name: { HW: ['HW_DOMAIN_NAME'], OS: ['OS_USER_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_NAME', 'OS_DOMAIN_NAME'] },
  access_key: { HW: ['HW_ACCESS_KEY'], OS: ['OS_ACCESS_KEY'] },
  secret_key: { HW: ['HW_SECRET_KEY'], OS: ['OS_SECRET_KEY'] },
  security_token: { HW: ['HW_SECURITY_TOKEN'], OS: ['OS_SECURITY_TOKEN'] },
  ca_file: { HW: [], OS: ['OS_CACERT'] },
  max_retries: { HW: ['HW_MAX_RETRIES'], OS: [] },
} as const satisfies Record<string, Readonly<Record<'HW' | 'OS', readonly string[]>>>;

/** Behind `kms_endpoint`, whatever the cloud: of no vendor's provider, for an emulator or for a proxy in front of any KMS. */
export const kmsEndpointVariable = 'KMS_ENDPOINT';

export type EnvironmentSetting = keyof typeof environmentVariables;

/** A variable that tools of the same cloud read and this program does not, and what to do in its place. */
export interface UnsupportedVariable {
  readonly instead: string;
  /** What was asked for is not what happens: said although all else is there. @default said only when a setting is missing */
  readonly alwaysSaid?: true;
}

const clientConfig = 'clouds.yaml is not read: give its entries by OS_ variables';
const byUserName = 'give the user by OS_USERNAME';
const byDomainName = 'give the account by OS_USER_DOMAIN_NAME';
const sharedConfig = 'profiles of a shared configuration file are not read: give their entries by HW_ variables';
const agency = 'no role or agency is taken on: give the temporary access key of the role, or a token';
const verified = 'certificates are always verified: name the PEM file of an authority of your own in ca_file';
const clientCertificate = 'client certificates are not supported';

/** By name; one that ends in "*" is the beginning of several. */
export const unsupportedVariables: Readonly<Record<'HW' | 'OS', Readonly<Record<string, UnsupportedVariable>>>> = {
  HW: {
    HW_PROFILE: { instead: sharedConfig },
    HW_SHARED_CONFIG_FILE: { instead: sharedConfig },
    'HW_ASSUME_ROLE_*': { instead: agency, alwaysSaid: true },
    HW_AGENCY_NAME: { instead: agency, alwaysSaid: true },
    HW_AGENCY_DOMAIN_NAME: { instead: agency, alwaysSaid: true },
    HW_DELEGATED_PROJECT: { instead: agency, alwaysSaid: true },
    HW_USER_ID: { instead: 'give the user by HW_USER_NAME' },
    HW_DOMAIN_ID: { instead: 'give the account by HW_DOMAIN_NAME' },
    HW_INSECURE: { instead: verified, alwaysSaid: true },
    HW_CACERT: { instead: 'name the PEM file in ca_file' },
    HW_CERT: { instead: clientCertificate },
    HW_KEY: { instead: clientCertificate },
  },
  OS: {
    OS_CLOUD: { instead: clientConfig },
    OS_CLIENT_CONFIG_FILE: { instead: clientConfig },
    OS_USER_ID: { instead: byUserName },
    OS_USERID: { instead: byUserName },
    OS_DEFAULT_DOMAIN: { instead: byDomainName },
    OS_DOMAIN_ID: { instead: byDomainName },
    OS_USER_DOMAIN_ID: { instead: byDomainName },
    OS_PROJECT_DOMAIN_ID: { instead: byDomainName },
    OS_PASSCODE: { instead: 'a login with a second factor is not supported: fetch a token with it and give that by OS_AUTH_TOKEN' },
    'OS_APPLICATION_CREDENTIAL_*': { instead: 'give an access key by OS_ACCESS_KEY and OS_SECRET_KEY' },
    OS_AGENCY_NAME: { instead: agency, alwaysSaid: true },
    OS_AGENCY_DOMAIN_NAME: { instead: agency, alwaysSaid: true },
    OS_DELEGATED_PROJECT: { instead: agency, alwaysSaid: true },
    OS_INSECURE: { instead: verified, alwaysSaid: true },
    OS_CERT: { instead: clientCertificate },
    OS_KEY: { instead: clientCertificate },
  },
};

/** Which KMS and which project, as a connection is told; nothing of a login. The attributes below say what each means. */
export interface KmsPlace {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
  readonly projectName?: string | undefined;
  readonly enterpriseProjectId?: string | undefined;
  readonly kmsEndpoint?: string | undefined;
  readonly authUrl?: string | undefined;
}

export const providerSchema = {
  description:
    'Imports key material of your own (BYOK) into the KMS of Huawei Cloud, Open Telekom Cloud and their relatives, and keeps it imported. One login is needed: `auth_token`; or `user_name`, `password` and `domain_name`; or `access_key` and `secret_key`, for temporary ones with `security_token`. A login in this block wins over another one in the environment.',
  attributes: {
    cloud: {
      type: 'string',
      optional: true,
      default: defaultCloud,
      description:
        'Whose KMS this is: `huaweicloud`, `opentelekomcloud`, or the domain suffix of a related cloud. It also decides whether `HW_*` or `OS_*` environment variables are read: never both, so that credentials of one cloud do not reach another.',
    },
    region: {
      type: 'string',
      optional: true,
      description: `Region, for example \`ap-southeast-3\`, or \`eu-de\` of \`opentelekomcloud\`. When omitted, the one that \`project_name\` begins with, as \`eu-de_team\` does. ${environment('region')}`,
    },
    project_id: {
      type: 'string',
      optional: true,
      description: `Project that the keys belong to, 32 characters. When omitted, IAM is asked for the project of \`project_name\`. ${environment('project_id')}`,
    },
    project_name: {
      type: 'string',
      optional: true,
      description: `Name of the project that the keys belong to, when \`project_id\` is not given. When omitted, the name of the region: its main project. ${environment('project_name')}`,
    },
    enterprise_project_id: {
      type: 'string',
      optional: true,
      description: `Enterprise project, on Huawei Cloud: new keys are put into it, and lists of keys show no others. ${environment('enterprise_project_id')}`,
    },
    kms_endpoint: {
      type: 'string',
      optional: true,
      description: `Base URL of the KMS, instead of the one that follows from \`cloud\` and \`region\`. Plain \`http://\` is accepted for loopback hosts only: the wrapping key comes from here. Environment, whatever the cloud: \`${kmsEndpointVariable}\`.`,
    },
    auth_url: {
      type: 'string',
      optional: true,
      description: `Base URL of IAM, ending in \`/v3\`, instead of the one that follows from \`cloud\` and \`region\`. Asked for tokens, and for the id of the project. Plain \`http://\` is accepted for loopback hosts only. ${environment('auth_url')}`,
    },
    auth_token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description: `Login by an IAM token of a user of this project. Give it by environment or by an ephemeral variable. ${environment('auth_token')}`,
    },
    user_name: {
      type: 'string',
      optional: true,
      description: `Login by password: the IAM user. A token is fetched for it, kept in memory only, and fetched again when the KMS refuses it. ${environment('user_name')}`,
    },
    password: {
      type: 'string',
      optional: true,
      sensitive: true,
      description: `Password of \`user_name\`. Give it by environment or by an ephemeral variable. ${environment('password')}`,
    },
    domain_name: {
      type: 'string',
      optional: true,
      description: `Account (domain) that \`user_name\` belongs to; no other login needs it. ${environment('domain_name')}`,
    },
    access_key: {
      type: 'string',
      optional: true,
      description: `Login by access key (AK): every request is signed. ${environment('access_key')}`,
    },
    secret_key: {
      type: 'string',
      optional: true,
      sensitive: true,
      description: `Secret key (SK) of \`access_key\`; it never leaves this machine. Give it by environment or by an ephemeral variable. ${environment('secret_key')}`,
    },
    security_token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description: `Security token, when \`access_key\` and \`secret_key\` are temporary. ${environment('security_token')}`,
    },
    ca_file: {
      type: 'string',
      optional: true,
      description: `PEM file of further certificate authorities, or what is in it. Verification cannot be turned off. ${environment('ca_file')}`,
    },
    max_retries: {
      type: 'number',
      optional: true,
      default: defaultMaxRetries,
      description: `How often a call that is safe to repeat is repeated after throttling or a broken connection. ${environment('max_retries')}`,
    },
    max_requests_per_second: {
      type: 'number',
      optional: true,
      default: documentedRequestsPerSecond,
      description: 'Limit kept by the provider itself; the default is the documented limit of the service for one user.',
    },
  },
} as const satisfies BlockSchema;

export type ProviderAttribute = keyof typeof providerSchema.attributes;

function environment(setting: EnvironmentSetting): string {
  const names: Readonly<Record<'HW' | 'OS', readonly string[]>> = environmentVariables[setting];
  const listed = [...names.HW, ...names.OS].map((name) => `\`${name}\``);
  const last = listed.at(-1);
  return `Environment: ${listed.length < 2 ? last : `${listed.slice(0, -1).join(', ')} or ${last}`}.`;
}
