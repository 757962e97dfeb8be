/**
 * The settings of a connection: what the configuration says, else what the variables of the same cloud say, under the names
 * that the vendors' own Terraform providers use. Variables of the other cloud are never looked at.
 */
import { ByokError } from '../errors';
import { formats } from '../schema/kms';
import { defaultMaxRetries, documentedRequestsPerSecond } from '../schema/provider';
import { Secret } from '../secret';
import { defaultCloud, isOpenTelekomCloud, resolveKmsEndpoint } from './endpoint';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The provider block or the flags of a command; everything may be left out. */
export interface ConnectionConfig {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
  readonly kmsEndpoint?: string | undefined;
  readonly authToken?: Secret | undefined;
  readonly caFile?: string | undefined;
  readonly maxRetries?: number | undefined;
  readonly maxRequestsPerSecond?: number | undefined;
}

export interface Connection {
  readonly endpoint: URL;
  readonly projectId: string;
  readonly authToken: Secret;
  /** PEM file of further certificate authorities. */
  readonly caFile: string | undefined;
  readonly maxRetries: number;
  readonly maxRequestsPerSecond: number;
}

type Setting = 'region' | 'project_id' | 'auth_token' | 'ca_file' | 'max_retries';

/** Where two names are known, the first that is set counts. An empty variable counts as not set, as it does for the vendors. */
const variables: Readonly<Record<'HW' | 'OS', Readonly<Record<Setting, readonly string[]>>>> = {
  HW: {
    region: ['HW_REGION_NAME'],
    project_id: ['HW_PROJECT_ID'],
    auth_token: ['HW_AUTH_TOKEN'],
    ca_file: [],
    max_retries: ['HW_MAX_RETRIES'],
  },
  OS: {
    region: ['OS_REGION', 'OS_REGION_NAME'],
    project_id: ['OS_PROJECT_ID', 'OS_TENANT_ID'],
    auth_token: ['OS_AUTH_TOKEN', 'OS_TOKEN'],
    ca_file: ['OS_CACERT'],
    max_retries: [],
  },
};

/** @throws ByokError ERR_CONFIGURATION naming the attribute, and the variables that were tried */
export function readConnection(config: ConnectionConfig, env: Environment): Connection {
  // OS_CLOUD is an entry of clouds.yaml, not a cloud: only HW_CLOUD means what `cloud` means.
  const cloud = config.cloud ?? nonEmpty(env.HW_CLOUD) ?? defaultCloud;
  const known = variables[isOpenTelekomCloud(cloud) ? 'OS' : 'HW'];
  const fromEnvironment = (setting: Setting) => firstSet(known[setting], env);

  const region = config.region ?? fromEnvironment('region');
  if (region === undefined && config.kmsEndpoint === undefined) {
    throw missing('region', known.region, 'the region of the KMS, or kms_endpoint');
  }
  const endpoint = resolveKmsEndpoint({ cloud, region, kmsEndpoint: config.kmsEndpoint });
  const projectId = config.projectId ?? fromEnvironment('project_id');
  if (projectId === undefined) {
    throw missing('project_id', known.project_id, 'the id of the project that holds the keys');
  }
  const token = config.authToken?.revealText() ?? fromEnvironment('auth_token');
  if (token === undefined || token === '') {
    throw missing('auth_token', known.auth_token, 'an IAM token of this project');
  }
  return {
    endpoint,
    projectId: checkedProjectId(projectId),
    authToken: Secret.fromText(checkedToken(token)),
    caFile: config.caFile ?? fromEnvironment('ca_file'),
    maxRetries: count('max_retries', config.maxRetries ?? numberOf(fromEnvironment('max_retries')), 0, 100) ?? defaultMaxRetries,
    maxRequestsPerSecond: count('max_requests_per_second', config.maxRequestsPerSecond, 1, 10_000) ?? documentedRequestsPerSecond,
  };
}

function firstSet(names: readonly string[], env: Environment): string | undefined {
  return names.map((name) => nonEmpty(env[name])).find((value) => value !== undefined);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function missing(attribute: Setting, tried: readonly string[], what: string): ByokError {
  return new ByokError(
    'ERR_CONFIGURATION',
    `${attribute} is not set: give ${what} there or in the environment variable ${tried.join(' or ')}`,
    { attribute },
  );
}

function checkedProjectId(projectId: string): string {
  if (!new RegExp(formats.projectId).test(projectId)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `project_id is "${projectId}"; allowed are 32 letters and digits, as the console shows them under "My Credentials"`,
      {
        attribute: 'project_id',
      },
    );
  }
  return projectId;
}

/** A line feed at the end, as `$(cat token)` drops it and an editor adds it, would break the request header. */
function checkedToken(token: string): string {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'auth_token holds white space or control characters inside; give the token alone, on one line',
      {
        attribute: 'auth_token',
      },
    );
  }
  return trimmed;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function count(attribute: string, value: number | undefined, minimum: number, maximum: number): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= minimum && value <= maximum)) {
    throw new ByokError('ERR_CONFIGURATION', `${attribute} is ${value}; allowed is a whole number from ${minimum} to ${maximum}`, {
      attribute,
    });
  }
  return value;
}
