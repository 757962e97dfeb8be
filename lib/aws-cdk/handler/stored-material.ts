/**
 * Material and login, fetched from where the properties say. Messages never show what they hold.
 */
import { ByokError } from '../../errors';
import { tryParseRecord } from '../../json';
import type { ConnectionConfig } from '../../kms/connection';
import type { Material } from '../../material/material';
import { openContent } from '../../material/open-content';
import { Secret } from '../../secret';
import { defaultMaterialEncoding, type MaterialEncoding } from '../../terms/material';
import type { KeyProperties } from '../key-properties';
import type { AwsStore, StoredSecret } from './aws-store';
import { wording } from './wording';

/** @throws ByokError ERR_MATERIAL_NOT_AT_HAND, ERR_MATERIAL_INVALID */
export async function openStoredMaterial(
  store: AwsStore,
  { source, encoding }: KeyProperties,
  signal: AbortSignal,
): Promise<Material> {
  const options = {
    encoding: (encoding ?? defaultMaterialEncoding) as MaterialEncoding,
    attribute: 'source',
    spelling: wording,
  };
  if ('parameter' in source) {
    const name = `parameter "${source.parameter}"`;
    const text = await fetched(name, () => store.readParameter(source.parameter, signal));
    if (text === undefined) {
      throw notAtHand(`${name} does not exist`);
    }
    return openContent(Buffer.from(text, 'utf8'), {
      ...options,
      password: undefined,
      source: name,
    });
  }
  const name = `secret "${source.secret}"`;
  const secret = await fetched(name, () => store.readSecret(source.secret, signal));
  const { jsonField, passwordField } = source;
  return openContent(
    jsonField === undefined
      ? wholeOf(secret)
      : Buffer.from(requireField(secret, jsonField, name), 'utf8'),
    {
      ...options,
      password:
        passwordField === undefined
          ? undefined
          : Secret.fromText(requireField(secret, passwordField, name)),
      source: jsonField === undefined ? name : `field "${jsonField}" of ${name}`,
    },
  );
}

/** Fields of a login, by the names that the provider has for them. */
const logins = [
  ['access_key', 'secret_key'],
  ['user_name', 'password', 'domain_name'],
  ['auth_token'],
] as const;

/**
 * @returns the login alone
 * @throws ByokError ERR_CONFIGURATION
 */
export async function readLogin(
  store: AwsStore,
  arn: string,
  signal: AbortSignal,
): Promise<ConnectionConfig> {
  const name = `secret "${arn}" with the login to the KMS`;
  let secret: StoredSecret;
  try {
    secret = await store.readSecret(arn, signal);
  } catch (cause) {
    throw new ByokError('ERR_CONFIGURATION', `the ${name} cannot be read: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const fields = tryParseRecord(wholeOf(secret).toString('utf8')) ?? {};
  const text = (field: string): string | undefined => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const complete = logins.filter((login) => login.every((field) => text(field) !== undefined));
  if (complete.length !== 1) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `the ${name} holds ` +
        `${complete.length === 0 ? 'no complete login' : 'more than one login'}; allowed is a ` +
        'JSON object with access_key and secret_key (and security_token for temporary ones), or ' +
        'user_name, password and domain_name, or auth_token',
    );
  }
  const secretOf = (field: string) => {
    const value = text(field);
    return value === undefined ? undefined : Secret.fromText(value);
  };
  return {
    accessKey: text('access_key'),
    secretKey: secretOf('secret_key'),
    securityToken: secretOf('security_token'),
    userName: text('user_name'),
    password: secretOf('password'),
    domainName: text('domain_name'),
    authToken: secretOf('auth_token'),
  };
}

async function fetched<T>(name: string, fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch();
  } catch (cause) {
    throw notAtHand(`${name} cannot be read: ${reasonOf(cause)}`, cause);
  }
}

function notAtHand(what: string, cause?: unknown): ByokError {
  return new ByokError('ERR_MATERIAL_NOT_AT_HAND', `the key material is not available: ${what}`, {
    attribute: 'source',
    cause,
  });
}

/** What the SDK says: name and message, in which AWS names the caller and the resource. */
export function reasonOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message.trim().replace(/\.$/, '')}`
    : 'no answer';
}

function wholeOf(secret: StoredSecret): Buffer {
  return 'text' in secret ? Buffer.from(secret.text, 'utf8') : secret.bytes;
}

function requireField(secret: StoredSecret, field: string, name: string): string {
  const object = tryParseRecord(wholeOf(secret).toString('utf8'));
  const value = object !== undefined && Object.hasOwn(object, field) ? object[field] : undefined;
  if (typeof value !== 'string') {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      object === undefined
        ? `${name} is not a JSON object, so it has no field "${field}"; leave jsonField and passwordField out, or store a JSON object`
        : `${name} has no text in field "${field}"; give the name of the field that holds it`,
      { attribute: 'source' },
    );
  }
  return value;
}
