/**
 * The settings of a connection: from the configuration, or else from the variables of the same
 * cloud, under the names that the vendors' own Terraform providers use. We never look at the values
 * of the other cloud's variables.
 */
import { ByokError, isByokError } from '../errors';
import type { Secret } from '../secret';
import {
  defaultCloud,
  defaultMaxRetries,
  documentedRequestsPerSecond,
  type EnvironmentSetting,
  environmentVariables,
  type KmsPlace,
  kmsEndpointVariable,
} from '../terms/connection';
import { formats } from '../terms/kms';
import { plainSpelling, type Spelling } from '../terms/setting';
import { isOpenTelekomCloud, resolveAuthUrl, resolveKmsEndpoint } from './endpoint';
import {
  chooseLogin,
  type Family,
  type Login,
  type LoginSetting,
  type LoginValues,
  MissingSetting,
  placeOf,
} from './login';
import { regionOfProject } from './region-of-project';
import { type Environment, unsupportedIn } from './unsupported-variables';

export type { Environment };

/**
 * The provider block or the flags of a command; everything may be left out, and an empty text
 * counts as left out.
 */
export interface ConnectionConfig extends KmsPlace {
  readonly authToken?: Secret | undefined;
  readonly userName?: string | undefined;
  readonly password?: Secret | undefined;
  readonly domainName?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly secretKey?: Secret | undefined;
  readonly securityToken?: Secret | undefined;
  readonly caFile?: string | undefined;
  readonly maxRetries?: number | undefined;
  readonly maxRequestsPerSecond?: number | undefined;
}

/**
 * Where the project id comes from. IAM finds it by name; by default a project has the name of its
 * region.
 */
export type Project = { readonly id: string } | { readonly name: string };

export interface Connection {
  readonly endpoint: URL;
  /** Undefined if `kmsEndpoint` alone says where the KMS is. */
  readonly region: string | undefined;
  /** IAM, ending in `/v3`; undefined if we ask it nothing. */
  readonly authUrl: URL | undefined;
  readonly project: Project;
  readonly login: Login;
  readonly enterpriseProjectId: string | undefined;
  /** PEM file of further certificate authorities, or its content. */
  readonly caFile: string | undefined;
  readonly maxRetries: number;
  readonly maxRequestsPerSecond: number;
  /**
   * What a person should know about the environment: variables that ask for something we do not do.
   * Sentences.
   */
  readonly remarks: readonly string[];
}

/** @throws ByokError ERR_CONFIGURATION naming the setting, and the variables that were tried */
export function readConnection(
  config: ConnectionConfig,
  env: Environment,
  spelling: Spelling = plainSpelling,
): Connection {
  // OS_CLOUD is an entry of clouds.yaml, not a cloud: only HW_CLOUD means what `cloud` means.
  const cloud = nonEmpty(config.cloud) ?? nonEmpty(env.HW_CLOUD) ?? defaultCloud;
  const family: Family = isOpenTelekomCloud(cloud) ? 'OS' : 'HW';
  try {
    return connectionOf(config, env, cloud, { family, spelling });
  } catch (error) {
    throw withHints(error, [
      ...sourceOf(error, config, spelling),
      ...otherCloud(cloud, family, config, env),
      ...perhapsMeant(error, env, { family, spelling }),
    ]);
  }
}

function withHints(error: unknown, hints: readonly string[]): unknown {
  return isByokError(error) && hints.length > 0
    ? new ByokError(error.code, [error.message, ...hints].join('; '), {
        attribute: error.attribute,
        cause: error,
      })
    : error;
}

/** Where to look for a refused endpoint that is not in the configuration. */
function sourceOf(error: unknown, config: ConnectionConfig, { name }: Spelling): string[] {
  const isElsewhere =
    isByokError(error) &&
    error.attribute === name('kmsEndpoint') &&
    nonEmpty(config.kmsEndpoint) === undefined;
  return isElsewhere ? [`it comes from the environment variable ${kmsEndpointVariable}`] : [];
}

/** If only variables of the other cloud are set, we say how to have them read. */
function otherCloud(
  cloud: string,
  family: Family,
  config: ConnectionConfig,
  env: Environment,
): string[] {
  const setOf = (one: Family) =>
    Object.values<Readonly<Record<Family, readonly string[]>>>(environmentVariables)
      .flatMap((names) => names[one])
      .filter((name) => nonEmpty(env[name]) !== undefined);
  const [other] = setOf(family === 'HW' ? 'OS' : 'HW');
  if (other === undefined || setOf(family).length > 0) {
    return [];
  }
  if (family === 'HW' && (nonEmpty(config.cloud) ?? nonEmpty(env.HW_CLOUD)) !== undefined) {
    // The user named this cloud, and so needs other variables, not another cloud.
    return [`${other} is set and not read: for cloud "${cloud}" the variables begin with HW_`];
  }
  const readWith =
    family === 'HW'
      ? 'cloud is "opentelekomcloud"'
      : `cloud is "${defaultCloud}" or a relative of it`;
  return [`${other} is set, and is read when ${readWith}`];
}

/** Settings that may have been meant to give a missing one. */
function perhapsMeant(error: unknown, env: Environment, naming: Naming): string[] {
  return error instanceof MissingSetting ? unsupportedIn(env, naming, 'missing') : [];
}

interface Naming {
  readonly family: Family;
  readonly spelling: Spelling;
}

function connectionOf(
  config: ConnectionConfig,
  env: Environment,
  cloud: string,
  naming: Naming,
): Connection {
  const { family, spelling } = naming;
  const { name: nameOf } = spelling;
  const fromEnvironment = (setting: EnvironmentSetting) =>
    firstSet(environmentVariables[setting][family], env);
  const setting = (value: string | undefined, name: EnvironmentSetting) =>
    nonEmpty(value) ?? fromEnvironment(name);

  const kmsEndpoint = nonEmpty(config.kmsEndpoint) ?? nonEmpty(env[kmsEndpointVariable]);
  const projectName = setting(config.projectName, 'projectName');
  const region = setting(config.region, 'region') ?? regionOfProject(projectName);
  if (region === undefined && kmsEndpoint === undefined) {
    throw missing('region', naming, `the region of the KMS, or ${nameOf('kmsEndpoint')}`);
  }
  const endpoint = resolveKmsEndpoint({ cloud, region, kmsEndpoint }, nameOf);
  const setNames = (one: LoginSetting) =>
    environmentVariables[one][family].filter((name) => nonEmpty(env[name]) !== undefined);
  const login = chooseLogin(givenLogin(config), foundLogin(fromEnvironment), {
    ...naming,
    setNames,
  });
  const project = chooseProject(
    setting(config.projectId, 'projectId'),
    projectName ?? region,
    naming,
  );
  const authUrl =
    login.kind === 'password' || !('id' in project)
      ? resolveAuthUrl(
          { cloud, region, kmsEndpoint, authUrl: setting(config.authUrl, 'authUrl') },
          nameOf,
        )
      : undefined;
  if (authUrl === undefined && login.kind === 'password') {
    throw missing('authUrl', naming, 'the URL of the IAM that checks the password, ending in /v3');
  }
  if (authUrl === undefined && !('id' in project)) {
    const what = `the id of the project that holds the keys, or ${nameOf('authUrl')} so that IAM finds "${project.name}"`;
    throw missing('projectId', naming, what);
  }
  return {
    endpoint,
    region,
    authUrl,
    project,
    login,
    enterpriseProjectId: checkedEnterpriseProject(
      setting(config.enterpriseProjectId, 'enterpriseProjectId'),
      nameOf('enterpriseProjectId'),
    ),
    caFile: setting(config.caFile, 'caFile'),
    maxRetries:
      count(
        nameOf('maxRetries'),
        config.maxRetries ?? numberOf(fromEnvironment('maxRetries')),
        0,
        100,
      ) ?? defaultMaxRetries,
    maxRequestsPerSecond:
      count(nameOf('maxRequestsPerSecond'), config.maxRequestsPerSecond, 1, 10_000) ??
      documentedRequestsPerSecond,
    remarks: unsupportedIn(env, naming, 'ignored'),
  };
}

function givenLogin(config: ConnectionConfig): LoginValues {
  return withoutEmpty({
    authToken: config.authToken?.revealText(),
    userName: config.userName,
    password: config.password?.revealText(),
    domainName: config.domainName,
    accessKey: config.accessKey,
    secretKey: config.secretKey?.revealText(),
    securityToken: config.securityToken?.revealText(),
  });
}

function foundLogin(find: (setting: EnvironmentSetting) => string | undefined): LoginValues {
  return withoutEmpty({
    authToken: find('authToken'),
    userName: find('userName'),
    password: find('password'),
    domainName: find('domainName'),
    accessKey: find('accessKey'),
    secretKey: find('secretKey'),
    securityToken: find('securityToken'),
  });
}

function withoutEmpty(
  values: Readonly<Record<keyof LoginValues, string | undefined>>,
): LoginValues {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => nonEmpty(value) !== undefined),
  );
}

function chooseProject(id: string | undefined, name: string | undefined, naming: Naming): Project {
  if (id !== undefined) {
    return { id: checkedProjectId(id, naming.spelling.name('projectId')) };
  }
  if (name === undefined) {
    throw missing('projectId', naming, 'the id of the project that holds the keys');
  }
  return { name };
}

function firstSet(names: readonly string[], env: Environment): string | undefined {
  return names.map((name) => nonEmpty(env[name])).find((value) => value !== undefined);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function missing(
  setting: EnvironmentSetting,
  { family, spelling }: Naming,
  what: string,
): ByokError {
  const attribute = spelling.name(setting);
  return new MissingSetting(
    attribute,
    `${attribute} is not set: give ${what}${placeOf(setting, family, spelling)}`,
  );
}

function checkedProjectId(projectId: string, attribute: string): string {
  if (!new RegExp(formats.projectId).test(projectId)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is "${projectId}"; allowed are 32 letters and digits, as the console shows them under "My Credentials"`,
      { attribute },
    );
  }
  return projectId;
}

/** Lists accept "all", but a new key could not get it. */
function checkedEnterpriseProject(id: string | undefined, attribute: string): string | undefined {
  if (id !== undefined && !new RegExp(formats.enterpriseProjectId).test(id)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is "${id}"; allowed is "0" or the 36 characters of an id`,
      { attribute },
    );
  }
  return id;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function count(
  attribute: string,
  value: number | undefined,
  minimum: number,
  maximum: number,
): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= minimum && value <= maximum)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is ${value}; allowed is a whole number from ${minimum} to ${maximum}`,
      {
        attribute,
      },
    );
  }
  return value;
}
