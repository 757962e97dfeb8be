/** How to reach a KMS: clouds, environment variables, limits. */
import type { Phrase } from './setting';

/** Documented limit of the KMS for one user, in requests per second. */
export const documentedRequestsPerSecond = 20;

export const defaultMaxRetries = 5;

export const defaultCloud = 'huaweicloud';

/**
 * Environment variables behind the settings.
 * The names are those of the vendors' own Terraform providers:
 * `HW` for Huawei Cloud and its relatives, `OS` for Open Telekom Cloud.
 * The first variable that is set counts.
 */
export const environmentVariables = {
  region: { HW: ['HW_REGION_NAME'], OS: ['OS_REGION', 'OS_REGION_NAME'] },
  projectId: { HW: ['HW_PROJECT_ID'], OS: ['OS_PROJECT_ID', 'OS_TENANT_ID'] },
  projectName: { HW: ['HW_PROJECT_NAME'], OS: ['OS_TENANT_NAME', 'OS_PROJECT_NAME'] },
  enterpriseProjectId: { HW: ['HW_ENTERPRISE_PROJECT_ID'], OS: [] },
  authUrl: { HW: ['HW_AUTH_URL'], OS: ['OS_AUTH_URL'] },
  authToken: { HW: ['HW_AUTH_TOKEN'], OS: ['OS_AUTH_TOKEN', 'OS_TOKEN'] },
  userName: { HW: ['HW_USER_NAME'], OS: ['OS_USERNAME'] },
  password: { HW: ['HW_USER_PASSWORD'], OS: ['OS_PASSWORD'] },
  domainName: {
    HW: ['HW_DOMAIN_NAME'],
    OS: ['OS_USER_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_NAME', 'OS_DOMAIN_NAME'],
  },
  accessKey: { HW: ['HW_ACCESS_KEY'], OS: ['OS_ACCESS_KEY'] },
  secretKey: { HW: ['HW_SECRET_KEY'], OS: ['OS_SECRET_KEY'] },
  securityToken: { HW: ['HW_SECURITY_TOKEN'], OS: ['OS_SECURITY_TOKEN'] },
  caFile: { HW: [], OS: ['OS_CACERT'] },
  maxRetries: { HW: ['HW_MAX_RETRIES'], OS: [] },
} as const satisfies Record<string, Readonly<Record<'HW' | 'OS', readonly string[]>>>;

/**
 * Sets `kmsEndpoint` on any cloud, for an emulator or for a proxy in front of a KMS.
 * No vendor's provider reads it.
 */
export const kmsEndpointVariable = 'KMS_ENDPOINT';

export type EnvironmentSetting = keyof typeof environmentVariables;

/**
 * A variable that other tools of the same cloud read and this program does not,
 * and what to use instead.
 */
export interface UnsupportedVariable {
  readonly instead: Phrase;
  /**
   * Reported even if no setting is missing,
   * because the user expects an effect that does not happen.
   * @default reported only when a setting is missing
   */
  readonly alwaysSaid?: true;
  /** Values that ask for what we do anyway. @default none */
  readonly except?: readonly string[];
}

const clientConfig = 'clouds.yaml is not read: give its entries by OS_ variables';
const byUserName = 'give the user by OS_USERNAME';
const byDomainName = 'give the account by OS_USER_DOMAIN_NAME';
const sharedConfig =
  'profiles of a shared configuration file are not read: give their entries by HW_ variables';
const agency =
  'we do not assume roles or agencies: give the temporary access key of the role, or a token';
const verified: Phrase = ({ name }) =>
  `certificates are always verified: name the PEM file of an authority of your own in ${name('caFile')}`;
const federated =
  'a federated login is not supported: fetch a token with it and give that by OS_AUTH_TOKEN';
const clientCertificate = 'client certificates are not supported';

/** By name. A name that ends in "*" is a prefix of several variables. */
export const unsupportedVariables: Readonly<
  Record<'HW' | 'OS', Readonly<Record<string, UnsupportedVariable>>>
> = {
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
    HW_CACERT: { instead: ({ name }) => `name the PEM file in ${name('caFile')}` },
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
    OS_PASSCODE: {
      instead:
        'a login with a second factor is not supported: fetch a token with it and give that by OS_AUTH_TOKEN',
    },
    OS_AUTH_TYPE: {
      instead:
        'the login follows from the variables that are set: a token, a user with a password, or an access key',
      alwaysSaid: true,
      except: ['password', 'v3password', 'token', 'v3token'],
    },
    OS_IDENTITY_PROVIDER: { instead: federated, alwaysSaid: true },
    OS_PROTOCOL: { instead: federated },
    'OS_APPLICATION_CREDENTIAL_*': {
      instead: 'give an access key by OS_ACCESS_KEY and OS_SECRET_KEY',
    },
    OS_AGENCY_NAME: { instead: agency, alwaysSaid: true },
    OS_AGENCY_DOMAIN_NAME: { instead: agency, alwaysSaid: true },
    OS_DELEGATED_PROJECT: { instead: agency, alwaysSaid: true },
    OS_INSECURE: { instead: verified, alwaysSaid: true },
    OS_CERT: { instead: clientCertificate },
    OS_KEY: { instead: clientCertificate },
  },
};

/**
 * Which KMS and which project a connection uses, without the login.
 * The schema's `provider.ts` explains each setting.
 */
export interface KmsPlace {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
  readonly projectName?: string | undefined;
  readonly enterpriseProjectId?: string | undefined;
  readonly kmsEndpoint?: string | undefined;
  readonly authUrl?: string | undefined;
}
