/**
 * Material that never leaves an HSM: the user's program wraps it. The program reads one JSON object
 * on standard input and writes one to standard output; docs/hsm.md describes both.
 */
import { ByokError } from '../errors';
import { type JsonRecord, tryParseRecord } from '../json';
import { defaultKeySpec, isAsymmetric, type WrappingAlgorithm } from '../terms/kms';
import { fingerprintFormat } from '../terms/material';
import { plainSpelling } from '../terms/setting';
import { parseWrappingKey } from '../wrap/wrapping-key';
import { type Origin, requireKeySpec } from './check';
import { type CommandOptions, runCommand } from './command';
import { tryDecodeBase64 } from './decode';
import type { Material, WrappedMaterial } from './material';

type HsmOptions = Omit<CommandOptions, 'input'> & Pick<Origin, 'spelling'>;
/**
 * Asks the program which material it would wrap.
 *
 * @throws ByokError ERR_MATERIAL_NOT_AT_HAND if it fails, ERR_MATERIAL_INVALID if it answers
 *   something else, ERR_INTERRUPTED
 */
export async function openHsmMaterial(
  argv: readonly string[],
  options: HsmOptions,
): Promise<Material> {
  const { fingerprint } = await ask(argv, options, { operation: 'fingerprint' });
  if (typeof fingerprint !== 'string' || !fingerprintFormat.test(fingerprint)) {
    throw malformed(
      options,
      'fingerprint',
      'field "fingerprint" must be "sha256:" and 64 lower-case hex digits',
    );
  }
  let keySpecOfKey: string = defaultKeySpec;
  return {
    fingerprint,
    isPrivateKey: false,
    checkFits(keySpec) {
      if (keySpec !== undefined) {
        requireKeySpec(keySpec, options.spelling ?? plainSpelling);
        keySpecOfKey = keySpec;
      }
    },
    checkStrength: () => undefined,
    async wrap(algorithm: WrappingAlgorithm, publicKey: Buffer): Promise<WrappedMaterial> {
      const modulusBytes = Math.ceil(
        (parseWrappingKey(publicKey, options.spelling).asymmetricKeyDetails?.modulusLength ?? 0) /
          8,
      );
      const request = {
        operation: 'wrap',
        wrapping_algorithm: algorithm,
        key_spec: keySpecOfKey,
        public_key: publicKey.toString('base64'),
      };
      // The material may have been deleted for this: only the time limit stops it, because an
      // interruption would prolong the outage.
      const answer = await ask(argv, { ...options, signal: new AbortController().signal }, request);
      return wrappedMaterial(answer, keySpecOfKey, modulusBytes, options);
    },
    wipe: () => undefined,
  };
}

async function ask(
  argv: readonly string[],
  options: HsmOptions,
  request: Readonly<Record<string, string>>,
): Promise<JsonRecord> {
  const answer = await runCommand(argv, { ...options, input: `${JSON.stringify(request)}\n` });
  return parse(answer.toString('utf8'), request.operation ?? '', options);
}

function wrappedMaterial(
  answer: JsonRecord,
  keySpec: string,
  modulusBytes: number,
  options: HsmOptions,
): WrappedMaterial {
  const encryptedKeyMaterial = blob(
    'encrypted_key_material',
    answer.encrypted_key_material,
    options,
  );
  // A program that forgot to encrypt would send the material itself to the KMS.
  if (encryptedKeyMaterial.length !== modulusBytes) {
    throw malformed(
      options,
      'wrap',
      `field "encrypted_key_material" must be ${modulusBytes} bytes, as long as the wrapping key, not ${encryptedKeyMaterial.length}`,
    );
  }
  const privateKey = answer.encrypted_privatekey ?? undefined;
  if (isAsymmetric(keySpec) !== (privateKey !== undefined)) {
    throw malformed(
      options,
      'wrap',
      `field "encrypted_privatekey" belongs to private keys, and the key has spec ${keySpec}, ` +
        `which ${privateKey === undefined ? 'needs it' : 'has none'}`,
    );
  }
  return privateKey === undefined
    ? { encryptedKeyMaterial }
    : {
        encryptedKeyMaterial,
        encryptedPrivatekey: blob('encrypted_privatekey', privateKey, options),
      };
}

function blob(field: string, value: unknown, options: HsmOptions): Buffer {
  const bytes = typeof value === 'string' ? tryDecodeBase64(value) : undefined;
  if (bytes === undefined || bytes.length === 0) {
    throw malformed(options, 'wrap', `field "${field}" must be Base64 on one line`);
  }
  return bytes;
}

function parse(text: string, operation: string, options: HsmOptions): JsonRecord {
  const answer = tryParseRecord(text);
  if (answer === undefined) {
    throw malformed(options, operation, 'it must be one JSON object');
  }
  return answer;
}

function malformed({ attribute }: HsmOptions, operation: string, expected: string): ByokError {
  return new ByokError(
    'ERR_MATERIAL_INVALID',
    `${attribute} gave an unexpected answer to the operation "${operation}": ${expected}`,
    { attribute },
  );
}
