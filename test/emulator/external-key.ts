/** Makes keys and imports material past our own client, wrapped by Node or by the openssl command. */
import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, publicEncrypt, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../../lib/emulator';
import { call, ok, type PlainAnswer } from './plain-http';

export interface Parameters {
  readonly key_id: string;
  readonly import_token: string;
  readonly expiration_time: number;
  readonly public_key: string;
}

export interface KeyInfo {
  readonly key_id: string;
  readonly key_state: string;
  readonly key_alias: string;
  readonly expiration_time: string;
  readonly scheduled_deletion_date: string;
}

export async function createKey(emulator: Emulator, origin = 'external'): Promise<string> {
  const answer = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: `test-${randomUUID()}`,
    origin,
  });
  return answer.key_info.key_id;
}

export async function describe(emulator: Emulator, keyId: string): Promise<KeyInfo> {
  return (await ok<{ key_info: KeyInfo }>(emulator, 'describe-key', { key_id: keyId })).key_info;
}

export function getParameters(
  emulator: Emulator,
  keyId: string,
  algorithm = 'RSAES_OAEP_SHA_256',
): Promise<Parameters> {
  return ok(emulator, 'get-parameters-for-import', {
    key_id: keyId,
    wrapping_algorithm: algorithm,
  });
}

/** The command lines of the vendors' user guides, word for word. */
const documentedCommands: Readonly<Record<string, string>> = {
  RSAES_OAEP_SHA_256:
    'pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256',
  RSAES_OAEP_SHA_1:
    'pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1',
  RSAES_PKCS1_V1_5:
    'rsautl -encrypt -pubin -keyform der -inkey PublicKey.bin -pkcs -in PlaintextKeyMaterial.bin -out EncryptedKeyMaterial.bin',
};

/** @param command arguments of openssl @default the documented ones of the algorithm */
export function wrapWithOpenssl(
  publicKey: string,
  material: Buffer,
  algorithm = 'RSAES_OAEP_SHA_256',
  command = documentedCommands[algorithm] ?? '',
): string {
  const folder = mkdtempSync(join(tmpdir(), 'byok-emulator-test-'));
  const openssl = (line: string) =>
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  try {
    writeFileSync(join(folder, 'PublicKey.b64'), publicKey);
    writeFileSync(join(folder, 'PlaintextKeyMaterial.bin'), material);
    openssl('enc -d -base64 -A -in PublicKey.b64 -out PublicKey.bin');
    openssl(command);
    return readFileSync(join(folder, 'EncryptedKeyMaterial.bin')).toString('base64');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = constants;

const paddings: Readonly<Record<string, { readonly padding: number; readonly oaepHash?: string }>> =
  {
    RSAES_OAEP_SHA_256: { padding: RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    RSAES_OAEP_SHA_1: { padding: RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    RSAES_PKCS1_V1_5: { padding: RSA_PKCS1_PADDING },
  };

/** As `wrapWithOpenssl` does, without its two processes, where they are not the subject. */
export function wrapMaterial(
  publicKey: string,
  material: Buffer,
  algorithm = 'RSAES_OAEP_SHA_256',
): string {
  const der = Buffer.from(publicKey, 'base64');
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return publicEncrypt({ key, ...paddings[algorithm] }, material).toString('base64');
}

/** Fetches parameters, wraps and imports; answers whatever the import answered. */
export async function importMaterial(
  emulator: Emulator,
  keyId: string,
  material: Buffer,
  {
    algorithm = 'RSAES_OAEP_SHA_256',
    expirationTime,
    wrap = wrapMaterial,
  }: { algorithm?: string; expirationTime?: number | string; wrap?: typeof wrapMaterial } = {},
): Promise<PlainAnswer> {
  const parameters = await getParameters(emulator, keyId, algorithm);
  return call(emulator, 'import-key-material', {
    key_id: keyId,
    import_token: parameters.import_token,
    encrypted_key_material: wrap(parameters.public_key, material, algorithm),
    ...(expirationTime === undefined ? {} : { expiration_time: expirationTime }),
  });
}
