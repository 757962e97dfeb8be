/**
 * Material that never leaves an HSM: a program of the user's wraps it. It reads one JSON object on standard input and answers one on
 * standard output; docs/hsm.md describes both.
 */
import { ByokError } from '../errors';
import type { WrappingAlgorithm } from '../schema/kms';
import { findKeySpec } from '../schema/kms';
import { fingerprintFormat } from '../wrap/fingerprint';
import { refuseKeySpec } from './check';
import { type CommandOptions, runCommand } from './command';
import type { Material, WrappedMaterial } from './material';

const attribute = 'wrap_command';
const base64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Asks the program which material it would wrap. @throws ByokError ERR_MATERIAL_NOT_AT_HAND, ERR_MATERIAL_INVALID */
export async function openHsmMaterial(argv: readonly string[], options: Omit<CommandOptions, 'attribute' | 'input'>): Promise<Material> {
  const ask = async (request: Readonly<Record<string, string>>): Promise<Record<string, unknown>> => {
    const answer = await runCommand(argv, { ...options, attribute, input: `${JSON.stringify(request)}\n` });
    return parse(answer.toString('utf8'), request.operation ?? '');
  };
  let keySpecOfKey = 'AES_256';
  const { fingerprint } = await ask({ operation: 'fingerprint' });
  if (typeof fingerprint !== 'string' || !fingerprintFormat.test(fingerprint)) {
    throw malformed('fingerprint', 'field "fingerprint" must be "sha256:" and 64 hex digits');
  }
  return {
    fingerprint,
    isPrivateKey: false,
    checkFits(keySpec) {
      keySpecOfKey = findKeySpec(keySpec) === undefined ? refuseKeySpec(keySpec) : keySpec;
    },
    checkStrength: () => undefined,
    async wrap(algorithm: WrappingAlgorithm, publicKey: Buffer): Promise<WrappedMaterial> {
      const request = {
        operation: 'wrap',
        wrapping_algorithm: algorithm,
        key_spec: keySpecOfKey,
        public_key: publicKey.toString('base64'),
      };
      const { encrypted_key_material: key, encrypted_privatekey: privateKey } = await ask(request);
      const encryptedPrivatekey = privateKey === undefined || privateKey === null ? undefined : blob('encrypted_privatekey', privateKey);
      return {
        encryptedKeyMaterial: blob('encrypted_key_material', key),
        ...(encryptedPrivatekey === undefined ? {} : { encryptedPrivatekey }),
      };
    },
    wipe: () => undefined,
  };
}

function blob(field: string, value: unknown): Buffer {
  if (typeof value !== 'string' || !base64.test(value)) {
    throw malformed('wrap', `field "${field}" must be Base64 on one line`);
  }
  return Buffer.from(value, 'base64');
}

function parse(text: string, operation: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Said below: what the program printed does not belong into an error.
  }
  throw malformed(operation, 'it must be one JSON object');
}

function malformed(operation: string, expected: string): ByokError {
  return new ByokError(
    'ERR_MATERIAL_INVALID',
    `${attribute} answered the operation "${operation}" with something else than expected: ${expected}`,
    { attribute },
  );
}
