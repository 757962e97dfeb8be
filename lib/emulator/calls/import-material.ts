/**
 * get-parameters-for-import, import-key-material, delete-imported-key-material.
 * Two things are not documented. First, which refusal wins if several apply. Here the order is: the
 * key (unknown, not external, wrong state), the token, the expiry, the ciphertext, the material.
 * Second, what an expiry does to an asymmetric key,
 * whose material is permanent. Here it is refused.
 */
import {
  isAsymmetric,
  type KeySpecRow,
  keySpecs,
  keyStates,
  ranges,
  type WrappingAlgorithm,
} from '../../terms/kms';
import { defineCall, type KeyBody, type World } from '../api-call';
import { refusal } from '../api-error';
import { decodeBase64 } from '../base64';
import { importTokenLifetimeMs } from '../import-token';
import { accepts, placeMaterial, type StoredKey } from '../key';
import { tryUnwrapKey } from '../key-wrap';
import { isPrivateKeyFor } from '../private-key';
import { unwrap } from '../unwrap';

interface GetParametersBody extends KeyBody {
  readonly wrapping_algorithm: WrappingAlgorithm;
}

export const getParametersForImport = defineCall<GetParametersBody>({
  operation: 'get-parameters-for-import',
  required: ['key_id', 'wrapping_algorithm'],
  async handle(body, world) {
    const { keyId } = findKeyPendingImport(world, body.key_id);
    const { publicKey, privateKey } = await world.wrappingKeys.take();
    const expiresAt = world.now() + importTokenLifetimeMs;
    const content = {
      keyId,
      wrappingAlgorithm: body.wrapping_algorithm,
      expiresAt,
      privateKey: privateKey.toString('base64'),
    };
    return {
      key_id: keyId,
      import_token: world.importTokens.seal(content),
      // A number of seconds here; describe-key shows milliseconds as a string under the same name.
      expiration_time: Math.floor(expiresAt / 1000),
      public_key: publicKey.toString('base64'),
    };
  },
});

interface ImportKeyMaterialBody extends KeyBody {
  readonly import_token: string;
  readonly encrypted_key_material: string;
  /** Ignored for symmetric keys. */
  readonly encrypted_privatekey?: string;
  readonly expiration_time?: number | string;
}

export const importKeyMaterial = defineCall<ImportKeyMaterialBody>({
  operation: 'import-key-material',
  required: ['key_id', 'import_token', 'encrypted_key_material'],
  optional: ['encrypted_privatekey', 'expiration_time'],
  handle(body, world) {
    const key = findKeyPendingImport(world, body.key_id);
    const token = world.importTokens.open(body.import_token);
    if (token.keyId !== key.keyId) {
      throw refusal('KMS.2603');
    }
    if (token.expiresAt <= world.now()) {
      throw refusal('KMS.2601');
    }
    const row: KeySpecRow = keySpecs[key.spec];
    if (row.family !== 'symmetric' && body.expiration_time !== undefined) {
      throw refusal(
        'KMS.0308',
        'the material of an asymmetric key does not expire: expiration_time must be absent',
      );
    }
    const expiresAt = readExpirationTime(body.expiration_time, world.now());
    if (row.family !== 'symmetric' && body.encrypted_privatekey === undefined) {
      throw refusal('KMS.2608');
    }
    const wrapped = decodeBase64(body.encrypted_key_material);
    const unwrapped =
      wrapped && unwrap(token.wrappingAlgorithm, Buffer.from(token.privateKey, 'base64'), wrapped);
    if (unwrapped === undefined) {
      throw refusal('KMS.0311');
    }
    const material =
      row.family === 'symmetric'
        ? unwrapped
        : unwrapPrivateKey(row, unwrapped, body.encrypted_privatekey ?? '');
    if (row.family === 'symmetric' && material.length !== row.materialBytes) {
      throw refusal('KMS.2604');
    }
    if (!accepts(key, material)) {
      throw refusal('KMS.2606');
    }
    placeMaterial(key, material, expiresAt);
    world.importTokens.spend(body.import_token);
    world.keys.changed();
    return {};
  },
});

export const deleteImportedKeyMaterial = defineCall<KeyBody>({
  operation: 'delete-imported-key-material',
  required: ['key_id'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    requireExternal(key);
    if (key.state !== keyStates.enabled && key.state !== keyStates.disabled) {
      throw refusal('KMS.2701');
    }
    if (isAsymmetric(key.spec)) {
      throw refusal('KMS.2702');
    }
    keys.removeMaterial(key);
    return {};
  },
});

/** Wipes the intermediate key and returns the PKCS#8 private key that it unwraps. */
function unwrapPrivateKey(
  row: Exclude<KeySpecRow, { family: 'symmetric' }>,
  intermediateKey: Buffer,
  encrypted: string,
): Buffer {
  if (intermediateKey.length !== 16 && intermediateKey.length !== 32) {
    throw refusal('KMS.2610');
  }
  const wrapped = decodeBase64(encrypted);
  const privateKey = wrapped && tryUnwrapKey(intermediateKey, wrapped);
  intermediateKey.fill(0);
  if (privateKey === undefined || !isPrivateKeyFor(row, privateKey)) {
    throw refusal('KMS.2609');
  }
  return privateKey;
}

function findKeyPendingImport({ keys }: World, keyId: string): StoredKey {
  const key = keys.find(keyId);
  requireExternal(key);
  if (key.state !== keyStates.pendingImport) {
    throw refusal('KMS.0310');
  }
  return key;
}

function requireExternal({ origin }: StoredKey): void {
  if (origin !== 'external') {
    throw refusal('KMS.0309');
  }
}

/** @returns milliseconds; undefined means never */
function readExpirationTime(value: number | string | undefined, now: number): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const seconds = Number(value);
  if (seconds > ranges.expirationTime.maximum) {
    throw refusal(
      'KMS.0308',
      `expiration_time must be at most ${ranges.expirationTime.maximum} seconds`,
    );
  }
  if (seconds * 1000 <= now) {
    throw refusal('KMS.2602');
  }
  return seconds * 1000;
}
