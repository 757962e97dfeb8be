/**
 * The settings of a connection: from the configuration, or else from the variables of the same
 * cloud, under the names that the vendors' own Terraform providers use. We never look at the values
 * of the other cloud's variables.
 */
import type { ByokError } from '../errors';
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
import { plainSpelling, type Spelling } from '../terms/setting';
import { shownOf } from '../terms/shown-value';
import { type Naming, otherCloud, perhapsMeant, sourceOf, withHints } from './connection-hints';
import { checkedEnterpriseProject, checkedProjectId, count, nonEmpty } from './connection-values';
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
  /** As it was given, or the default one. */
  readonly cloud: string;
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
  const endpoint = resolveKmsEndpoint({ cloud, region, kmsEndpoint }, spelling);
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
          spelling,
        )
      : undefined;
  if (authUrl === undefined && login.kind === 'password') {
    throw missing('authUrl', naming, 'the URL of the IAM that checks the password, ending in /v3');
  }
  if (authUrl === undefined && !('id' in project)) {
    const what = `the id of the project that holds the keys (or ${nameOf('authUrl')}, so that IAM finds ${shownOf(project.name, 'projectName')})`;
    throw missing('projectId', naming, what);
  }
  return {
    cloud,
    endpoint,
    region,
    authUrl,
    project,
    login,
    enterpriseProjectId: checkedEnterpriseProject(
      setting(config.enterpriseProjectId, 'enterpriseProjectId'),
      spelling,
    ),
    caFile: setting(config.caFile, 'caFile'),
    maxRetries:
      count(
        'maxRetries',
        config.maxRetries ?? fromEnvironment('maxRetries'),
        [0, 100],
        spelling,
        environmentVariables.maxRetries.HW[0],
      ) ?? defaultMaxRetries,
    maxRequestsPerSecond:
      count('maxRequestsPerSecond', config.maxRequestsPerSecond, [1, 10_000], spelling) ??
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
    return { id: checkedProjectId(id, naming.spelling) };
  }
  if (name === undefined) {
    throw missing('projectId', naming, 'the id of the project that holds the keys');
  }
  return { name };
}

function firstSet(names: readonly string[], env: Environment): string | undefined {
  return names.map((name) => nonEmpty(env[name])).find((value) => value !== undefined);
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
