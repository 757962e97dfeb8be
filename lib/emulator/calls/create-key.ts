/** create-key: an external key starts pending import (5); any other gets material of its own at once (2). */
import { randomBytes, randomUUID } from 'node:crypto';
import { type KeySpec, keySpecs } from '../../schema/kms';
import { defineCall } from '../api-call';
import { refusal } from '../api-error';
import { type KeyOrigin, placeMaterial, type StoredKey } from '../key';

interface CreateKeyBody {
  readonly key_alias: string;
  readonly key_spec?: KeySpec;
  readonly key_usage?: string;
  readonly key_description?: string;
  readonly origin?: KeyOrigin;
}

export const createKey = defineCall<CreateKeyBody>({
  operation: 'create-key',
  required: ['key_alias'],
  optional: ['key_spec', 'key_usage', 'key_description', 'origin'],
  handle(body, { keys, place, now, wrappingKeys }) {
    const spec = body.key_spec ?? 'AES_256';
    const usages: readonly string[] = keySpecs[spec].usages;
    const usage = body.key_usage ?? usages[0] ?? '';
    if (!usages.includes(usage)) {
      throw refusal('KMS.0308', `key_usage of ${spec} must be one of ${usages.join(', ')}`);
    }
    if (keys.holdsAlias(body.key_alias)) {
      throw refusal('KMS.1104');
    }
    const key: StoredKey = {
      keyId: randomUUID(),
      origin: body.origin ?? 'kms',
      spec,
      usage,
      createdAt: now(),
      alias: body.key_alias,
      description: body.key_description ?? '',
      state: '5',
      deletionAt: undefined,
      material: undefined,
      expiresAt: undefined,
      boundDigest: undefined,
    };
    if (key.origin === 'kms') {
      placeMaterial(key, randomBytes(keySpecs[spec].materialBytes), undefined);
    } else {
      wrappingKeys.warm();
    }
    keys.add(key);
    return { key_info: { key_id: key.keyId, domain_id: place.domainId } };
  },
});
