/** sign, verify and get-publickey: the calls for asymmetric keys. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isAsymmetric, type KeySpecRow, keySpecs, keyStates } from '../../terms/kms';
import { defineCall, type KeyBody } from '../api-call';
import { refusal } from '../api-error';
import { decodeBase64 } from '../base64';
import type { StoredKey } from '../key';
import { loadPrivateKey } from '../private-key';
import {
  type SigningAlgorithm,
  type SigningAlgorithmName,
  signingAlgorithms,
} from '../signing-algorithms';
import { usableMaterial } from '../usable-material';

interface SignBody extends KeyBody {
  readonly message: string;
  readonly signing_algorithm: SigningAlgorithmName;
  readonly message_type?: 'DIGEST' | 'RAW';
}

interface VerifyBody extends SignBody {
  readonly signature: string;
}

export const sign = defineCall<SignBody>({
  operation: 'sign',
  required: ['key_id', 'message', 'signing_algorithm'],
  optional: ['message_type'],
  handle(body, { keys }) {
    const { privateKey, algorithm, digest } = prepare(keys.find(body.key_id), body);
    return {
      key_id: body.key_id,
      signature: algorithm.sign(privateKey, digest).toString('base64'),
    };
  },
});

export const verify = defineCall<VerifyBody>({
  operation: 'verify',
  required: ['key_id', 'message', 'signing_algorithm', 'signature'],
  optional: ['message_type'],
  handle(body, { keys }) {
    const { privateKey, algorithm, digest } = prepare(keys.find(body.key_id), body);
    const signature = decodeBase64(body.signature);
    if (signature === undefined) {
      throw refusal('KMS.0308', 'signature must be Base64');
    }
    return {
      key_id: body.key_id,
      signature_valid: String(algorithm.verify(privateKey, digest, signature)),
    };
  },
});

interface Prepared {
  readonly privateKey: KeyObject;
  readonly algorithm: SigningAlgorithm;
  readonly digest: Buffer;
}

function prepare(
  key: StoredKey,
  { message, message_type: type = 'DIGEST', signing_algorithm: name }: SignBody,
): Prepared {
  const row: KeySpecRow = keySpecs[key.spec];
  const algorithm: SigningAlgorithm = signingAlgorithms[name];
  if (row.family === 'symmetric') {
    throw refusal('KMS.1115');
  }
  if (key.usage !== 'SIGN_VERIFY') {
    throw refusal('KMS.0334');
  }
  if (algorithm.family !== row.family) {
    throw refusal('KMS.0332');
  }
  const bytes = decodeBase64(message);
  if (bytes === undefined || bytes.length === 0 || bytes.length > longestMessage) {
    throw refusal('KMS.0308', `message must be Base64 of 1 to ${longestMessage} bytes`);
  }
  const digest = type === 'RAW' ? algorithm.hash(bytes) : bytes;
  if (digest.length !== algorithm.digestBytes) {
    throw refusal('KMS.0329');
  }
  return { privateKey: loadPrivateKey(usableMaterial(key)), algorithm, digest };
}

/** The page says "less than 4,096 bytes". */
const longestMessage = 4095;

export const getPublicKey = defineCall<KeyBody>({
  operation: 'get-publickey',
  required: ['key_id'],
  handle(body, { keys, options }) {
    const key = keys.find(body.key_id);
    if (!isAsymmetric(key.spec)) {
      throw refusal('KMS.0331');
    }
    // A disabled key still shows its public half, because nothing uses the key.
    const material =
      key.state === keyStates.disabled && key.material !== undefined
        ? key.material.reveal()
        : usableMaterial(key);
    const publicKey = createPublicKey(loadPrivateKey(material));
    return { key_id: key.keyId, public_key: toPem(publicKey, options.pkcs1PublicKeys) };
  },
});

/**
 * With `pkcs1`, produces the documented oddity:
 * the label of a SubjectPublicKeyInfo over the body of a PKCS#1 key.
 * EC keys have no such body.
 */
function toPem(publicKey: KeyObject, pkcs1: boolean): string {
  const type = pkcs1 && publicKey.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'spki';
  const pem = String(publicKey.export({ type, format: 'pem' }));
  return pem.replaceAll('RSA PUBLIC KEY', 'PUBLIC KEY').replaceAll('\n', '\r\n');
}
