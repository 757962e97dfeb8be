/**
 * create-key. An external key starts pending import (5);
 * any other key gets material at once and starts enabled (2).
 * Either may stay "to be activated" (1) for a while, see the option `activationDelay`.
 */
import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import {
  defaultKeySpec,
  type KeySpec,
  type KeySpecRow,
  keySpecs,
  keyStates,
} from '../../terms/kms';
import { defineCall } from '../api-call';
import { refusal } from '../api-error';
import { type KeyOrigin, placeMaterial, type StoredKey } from '../key';

const generateKeyPairAsync = promisify(generateKeyPair);

const publicKeyEncoding = { type: 'spki', format: 'der' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'der' } as const;

interface CreateKeyBody {
  readonly key_alias: string;
  readonly key_spec?: KeySpec;
  readonly key_usage?: string;
  readonly key_description?: string;
  readonly origin?: KeyOrigin;
  readonly enterprise_project_id?: string;
}

export const createKey = defineCall<CreateKeyBody>({
  operation: 'create-key',
  required: ['key_alias'],
  optional: ['key_spec', 'key_usage', 'key_description', 'origin', 'enterprise_project_id'],
  async handle(body, { keys, place, now, wrappingKeys, options }) {
    const spec = body.key_spec ?? defaultKeySpec;
    const usages: readonly string[] = keySpecs[spec].usages;
    const usage = body.key_usage ?? usages[0] ?? '';
    if (!usages.includes(usage)) {
      throw refusal('KMS.0308', `key_usage of ${spec} must be one of ${usages.join(', ')}`);
    }
    const origin = body.origin ?? 'kms';
    // Generated before the check of the alias: no await may come between that check and `add`.
    const material = origin === 'kms' ? await generateMaterial(spec) : undefined;
    if (keys.holdsAlias(body.key_alias)) {
      throw refusal('KMS.1104');
    }
    if (keys.list().length >= options.keyQuota) {
      throw refusal('KMS.1105');
    }
    const key: StoredKey = {
      keyId: randomUUID(),
      origin,
      spec,
      usage,
      createdAt: now(),
      enterpriseProjectId: body.enterprise_project_id ?? '0',
      tags: new Map(),
      readsToActivation: options.activationDelay,
      alias: body.key_alias,
      description: body.key_description ?? '',
      state: keyStates.pendingImport,
      deletionAt: undefined,
      material: undefined,
      expiresAt: undefined,
      boundDigest: undefined,
    };
    if (material === undefined) {
      wrappingKeys.warm();
    } else {
      placeMaterial(key, material, undefined);
    }
    if (options.activationDelay > 0) {
      key.state = keyStates.toBeActivated;
    }
    keys.add(key);
    return { key_info: { key_id: key.keyId, domain_id: place.domainId } };
  },
});

/**
 * The material of a key of origin kms: random bytes, or the PKCS#8 DER of a new key pair.
 * OpenSSL generates it, as it does wrapping keys.
 */
async function generateMaterial(spec: KeySpec): Promise<Buffer> {
  const row: KeySpecRow = keySpecs[spec];
  if (row.family === 'symmetric') {
    return randomBytes(row.materialBytes);
  }
  const { privateKey } =
    row.family === 'rsa'
      ? await generateKeyPairAsync('rsa', {
          modulusLength: row.modulusBits,
          publicKeyEncoding,
          privateKeyEncoding,
        })
      : await generateKeyPairAsync('ec', {
          namedCurve: row.curve,
          publicKeyEncoding,
          privateKeyEncoding,
        });
  return privateKey;
}
