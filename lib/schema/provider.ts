/** The provider block, and the names that Terraform uses for the provider. */
import {
  defaultCloud,
  defaultMaxRetries,
  documentedRequestsPerSecond,
  type EnvironmentSetting,
  environmentVariables,
  kmsEndpointVariable,
} from '../terms/connection';
import type { BlockSchema } from './model';

/**
 * No public authority certifies a `.local` host.
 * If the mirror is missing, Terraform fails instead of downloading a stranger's file.
 */
export const sourceAddress = 'terraform.local/cdktf-byok/byok';

export const providerName = 'byok';

export const providerSchema = {
  description:
    'Imports key material of your own (BYOK) into the KMS of Huawei Cloud, Open Telekom Cloud ' +
    'and their relatives, and keeps it imported. You need one login: `auth_token`; or ' +
    '`user_name`, `password` and `domain_name`; or `access_key` and `secret_key`, with ' +
    '`security_token` if they are temporary. A login in this block wins over one in the ' +
    'environment.',
  attributes: {
    cloud: {
      type: 'string',
      optional: true,
      default: defaultCloud,
      description:
        'Which cloud the KMS belongs to: `huaweicloud`, `opentelekomcloud`, or the domain ' +
        'suffix of a related cloud. It also decides whether `HW_*` or `OS_*` environment ' +
        'variables are read: never both, so that credentials of one cloud do not reach ' +
        'another.',
    },
    region: {
      type: 'string',
      optional: true,
      description:
        `Region, for example \`ap-southeast-3\`, or \`eu-de\` of \`opentelekomcloud\`. Default: ` +
        `the region that \`project_name\` begins with, for example \`eu-de\` in \`eu-de_team\`. ` +
        `${environment('region')}`,
    },
    project_id: {
      type: 'string',
      optional: true,
      description:
        'Project that the keys belong to, 32 characters. Default: we ask IAM for the project ' +
        `named \`project_name\`. ${environment('projectId')}`,
    },
    project_name: {
      type: 'string',
      optional: true,
      description:
        `Name of the project that the keys belong to, if \`project_id\` is not given. Default: ` +
        `the name of the region, which is its main project. ${environment('projectName')}`,
    },
    enterprise_project_id: {
      type: 'string',
      optional: true,
      description:
        'Enterprise project, on Huawei Cloud: new keys go into it, and lists of keys show only ' +
        `its keys. ${environment('enterpriseProjectId')}`,
    },
    kms_endpoint: {
      type: 'string',
      optional: true,
      description:
        `Base URL of the KMS. Default: follows from \`cloud\` and \`region\`. Plain \`http://\` ` +
        'is accepted for loopback hosts only: the wrapping key comes from here. Environment, ' +
        `whatever the cloud: \`${kmsEndpointVariable}\`.`,
    },
    auth_url: {
      type: 'string',
      optional: true,
      description:
        `Base URL of IAM, ending in \`/v3\`. Default: follows from \`cloud\` and \`region\`. ` +
        `IAM issues tokens and finds the id of the project. Plain \`http://\` is accepted for ` +
        `loopback hosts only. ${environment('authUrl')}`,
    },
    auth_token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description:
        'Login by an IAM token of a user of this project. Give it by environment or by an ' +
        `ephemeral variable. ${environment('authToken')}`,
    },
    user_name: {
      type: 'string',
      optional: true,
      description:
        'Login by password: the IAM user. We fetch a token for it, keep it in memory only, and ' +
        `fetch it again if the KMS refuses it. ${environment('userName')}`,
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
      description: `Account (domain) that \`user_name\` belongs to; no other login needs it. ${environment('domainName')}`,
    },
    access_key: {
      type: 'string',
      optional: true,
      description: `Login by access key (AK): every request is signed. ${environment('accessKey')}`,
    },
    secret_key: {
      type: 'string',
      optional: true,
      sensitive: true,
      description:
        `Secret key (SK) of \`access_key\`; it never leaves this machine. Give it by ` +
        `environment or by an ephemeral variable. ${environment('secretKey')}`,
    },
    security_token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description: `Security token, if \`access_key\` and \`secret_key\` are temporary. ${environment('securityToken')}`,
    },
    ca_file: {
      type: 'string',
      optional: true,
      description:
        'PEM file of further certificate authorities, or its content. Certificates are always ' +
        `verified. ${environment('caFile')}`,
    },
    max_retries: {
      type: 'number',
      optional: true,
      default: defaultMaxRetries,
      description:
        'How often we repeat a call after throttling or a broken connection, if it is safe to ' +
        `repeat. ${environment('maxRetries')}`,
    },
    max_requests_per_second: {
      type: 'number',
      optional: true,
      default: documentedRequestsPerSecond,
      description:
        'Limit that the provider keeps by itself; the default is the documented limit of the service for one user.',
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
