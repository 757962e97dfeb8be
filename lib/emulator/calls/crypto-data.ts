/** encrypt-data and decrypt-data: real AES-256-GCM under the key's material, see ciphertext.ts. */
import { formats, ranges } from '../../schema/kms';
import type { KmsApiCode } from '../../schema/kms-errors';
import { defineCall } from '../api-call';
import { refusal } from '../api-error';
import { encrypt, tryDecrypt, tryReadKeyId } from '../ciphertext';
import type { StoredKey } from '../key';

interface ContextBody {
  readonly encryption_algorithm?: string;
  readonly additional_authenticated_data?: string;
  readonly encryption_context?: Readonly<Record<string, string>>;
}

interface EncryptDataBody extends ContextBody {
  readonly key_id: string;
  readonly plain_text: string;
}

export const encryptData = defineCall<EncryptDataBody>({
  operation: 'encrypt-data',
  required: ['key_id', 'plain_text'],
  optional: ['encryption_algorithm', 'additional_authenticated_data', 'encryption_context'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    const plainText = Buffer.from(body.plain_text, 'utf8');
    if (plainText.length > ranges.plainText.maximum) {
      throw refusal('KMS.0308', `plain_text must have at most ${ranges.plainText.maximum} bytes`);
    }
    return { key_id: key.keyId, cipher_text: encrypt(key.keyId, materialForUse(key, body), plainText, readContext(body)) };
  },
});

interface DecryptDataBody extends ContextBody {
  readonly cipher_text: string;
}

export const decryptData = defineCall<DecryptDataBody>({
  operation: 'decrypt-data',
  required: ['cipher_text'],
  optional: ['encryption_algorithm', 'additional_authenticated_data', 'encryption_context'],
  handle(body, { keys }) {
    const keyId = tryReadKeyId(body.cipher_text);
    if (keyId === undefined || !new RegExp(formats.keyId).test(keyId)) {
      throw refusal('KMS.2201');
    }
    const key = keys.find(keyId);
    const plainText = tryDecrypt(materialForUse(key, body), body.cipher_text, readContext(body));
    if (plainText === undefined) {
      throw refusal('KMS.2201');
    }
    return { key_id: keyId, plain_text: plainText.toString('utf8'), plain_text_base64: plainText.toString('base64') };
  },
});

/** What a key that is not enabled answers; for pending import (5) that is not documented. */
const refusalByState: Readonly<Record<string, KmsApiCode>> = { '3': 'KMS.0209', '4': 'KMS.0210', '7': 'KMS.0320' };

function materialForUse({ state, material }: StoredKey, { encryption_algorithm: algorithm = 'SYMMETRIC_DEFAULT' }: ContextBody): Buffer {
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    throw refusal('KMS.2105');
  }
  if (state !== '2' || material === undefined) {
    throw refusal(refusalByState[state] ?? 'KMS.1301');
  }
  return material.reveal();
}

/** Huawei Cloud takes a string, Open Telekom Cloud an object, whose order of names must not matter. */
function readContext({ additional_authenticated_data: data, encryption_context: context }: ContextBody): string {
  return data ?? (context === undefined ? '' : JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
