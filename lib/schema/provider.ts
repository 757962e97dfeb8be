/** The provider block and the names under which Terraform knows the provider. */
import type { BlockSchema } from './model';

/** No public authority certifies a `.local` host: a missing mirror fails instead of downloading a stranger's file. */
export const sourceAddress = 'terraform.local/cdktf-byok/byok';

export const providerName = 'byok';

/** Documented limit of the KMS for one user, in requests per second. */
export const documentedRequestsPerSecond = 20;

export const defaultMaxRetries = 5;

export const providerSchema = {
  description:
    'Imports key material of your own (BYOK) into the KMS of Huawei Cloud, Open Telekom Cloud and their relatives, and keeps it imported.',
  attributes: {
    cloud: {
      type: 'string',
      optional: true,
      default: 'huaweicloud',
      description:
        'Whose KMS this is: `huaweicloud`, `opentelekomcloud`, or the domain suffix of a related cloud. It also decides whether `HW_*` or `OS_*` environment variables are read: never both, so that credentials of one cloud do not reach another.',
    },
    region: {
      type: 'string',
      optional: true,
      description: 'Region, for example `eu-de`. Environment: `HW_REGION_NAME` or `OS_REGION_NAME`.',
    },
    project_id: {
      type: 'string',
      optional: true,
      description: 'Project that the keys belong to, 32 characters. Environment: `HW_PROJECT_ID` or `OS_PROJECT_ID`.',
    },
    kms_endpoint: {
      type: 'string',
      optional: true,
      description:
        'Base URL of the KMS, instead of the one that follows from `cloud` and `region`. Plain `http://` is accepted for loopback hosts only: the wrapping key comes from here.',
    },
    auth_token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description:
        'IAM token of a user of this project. Give it by environment (`HW_AUTH_TOKEN` or `OS_AUTH_TOKEN`) or by an ephemeral variable.',
    },
    ca_file: {
      type: 'string',
      optional: true,
      description: 'PEM file of further certificate authorities. Verification cannot be turned off.',
    },
    max_retries: {
      type: 'number',
      optional: true,
      default: defaultMaxRetries,
      description: 'How often a call that is safe to repeat is repeated after throttling or a broken connection.',
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
