/**
 * Why a setting of a connection may be missing or refused: where it comes from, and what may have
 * been meant.
 */
import { ByokError, isByokError } from '../errors';
import {
  defaultCloud,
  type EnvironmentSetting,
  environmentVariables,
  type KmsPlace,
  kmsEndpointVariable,
} from '../terms/connection';
import type { Spelling } from '../terms/setting';
import { nonEmpty } from './connection-values';
import { type Family, MissingSetting } from './login';
import { type Environment, unsupportedIn } from './unsupported-variables';

export function withHints(error: unknown, hints: readonly string[]): unknown {
  return isByokError(error) && hints.length > 0
    ? new ByokError(error.code, [error.message, ...hints].join('; '), {
        attribute: error.attribute,
        cause: error,
      })
    : error;
}

/** Where to look for a refused endpoint that is not in the configuration. */
export function sourceOf(error: unknown, config: KmsPlace, { name }: Spelling): string[] {
  const isElsewhere =
    isByokError(error) &&
    error.attribute === name('kmsEndpoint') &&
    nonEmpty(config.kmsEndpoint) === undefined;
  return isElsewhere ? [`it comes from the environment variable ${kmsEndpointVariable}`] : [];
}

/** They say nothing about which cloud is meant. */
const ofAnyCloud: readonly string[] = ['caFile', 'maxRetries'] satisfies EnvironmentSetting[];

/**
 * If only variables of the other cloud are set, of those that say where the KMS is or who asks it,
 * we say how to have them read.
 */
export function otherCloud(
  cloud: string,
  family: Family,
  config: KmsPlace,
  env: Environment,
): string[] {
  const setOf = (one: Family) =>
    Object.entries<Readonly<Record<Family, readonly string[]>>>(environmentVariables)
      .flatMap(([setting, names]) => (ofAnyCloud.includes(setting) ? [] : names[one]))
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
export function perhapsMeant(error: unknown, env: Environment, naming: Naming): string[] {
  return error instanceof MissingSetting ? unsupportedIn(env, naming, 'missing') : [];
}

export interface Naming {
  readonly family: Family;
  readonly spelling: Spelling;
}
