/**
 * Private keys and their import with the openssl command alone, by the command lines of the
 * vendors' user guides, word for word.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../../lib/emulator';
import { getParameters } from './external-key';
import { call, ok, type PlainAnswer } from './plain-http';

/** A folder in which the documented command lines run. */
export class OpensslFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'byok-emulator-test-'));

  /** A line as it stands in the guide, pipes and substitutions included. */
  shell(line: string): Buffer {
    return execFileSync('sh', ['-euc', line], { cwd: this.#path, stdio: 'pipe' });
  }

  write(name: string, content: Buffer | string): void {
    writeFileSync(join(this.#path, name), content);
  }

  read(name: string): Buffer {
    return readFileSync(join(this.#path, name));
  }

  remove(): void {
    rmSync(this.#path, { recursive: true });
  }
}

const makeRsa = (bits: number) => [
  `openssl genrsa -out pkcs1_rsa_private_key.pem ${bits}`,
  'openssl pkcs8 -topk8 -inform PEM -in pkcs1_rsa_private_key.pem -outform pem -nocrypt -out rsa_private_key.pem',
  'openssl pkcs8 -topk8 -inform PEM -outform DER -in rsa_private_key.pem -out rsa_private_key.der -nocrypt',
];

const makeEc = (curve: string) => [
  `openssl ecparam -name ${curve} -genkey -noout -out ec_private_key.pem`,
  'openssl pkcs8 -topk8 -inform PEM -outform DER -in ec_private_key.pem -out rsa_private_key.der -nocrypt',
];

/**
 * How openssl makes the PKCS#8 DER of each spec; the file's name is the guide's, for EC keys too.
 */
export const makePrivateKey: Readonly<Record<string, readonly string[]>> = {
  RSA_2048: makeRsa(2048),
  RSA_3072: makeRsa(3072),
  RSA_4096: makeRsa(4096),
  EC_P256: makeEc('prime256v1'),
  EC_P384: makeEc('secp384r1'),
};

/** PKCS#8 DER. */
export function generatePrivateKey(spec: string): Buffer {
  const folder = new OpensslFolder();
  try {
    for (const line of makePrivateKey[spec] ?? []) {
      folder.shell(line);
    }
    return folder.read('rsa_private_key.der');
  } finally {
    folder.remove();
  }
}

export interface WrappedPrivateKey {
  readonly encrypted_key_material: string;
  readonly encrypted_privatekey: string;
}

/** Two layers: the private key under a fresh intermediate key, and that under the wrapping key. */
export function wrapPrivateKey(
  publicKey: string,
  pkcs8: Buffer,
  intermediateBytes = 32,
): WrappedPrivateKey {
  const folder = new OpensslFolder();
  // The guide knows 32 bytes only.
  const cipher = intermediateBytes === 16 ? '-id-aes128-wrap-pad' : '-id-aes256-wrap-pad';
  try {
    folder.write('PublicKey.b64', publicKey);
    folder.write('rsa_private_key.der', pkcs8);
    folder.shell('openssl enc -d -base64 -A -in PublicKey.b64 -out PublicKey.bin');
    folder.shell(`openssl rand -out 0xPlaintextKeyMaterial.bin -hex ${intermediateBytes}`);
    // The guide pipes this through xxd, which not every machine has.
    folder.write(
      'PlaintextKeyMaterial.bin',
      Buffer.from(folder.read('0xPlaintextKeyMaterial.bin').toString().trim(), 'hex'),
    );
    folder.shell(
      'openssl pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256',
    );
    folder.shell(
      `openssl enc ${cipher} -K $(cat 0xPlaintextKeyMaterial.bin) -iv A65959A6 -in rsa_private_key.der -out out_rsa_private_key.der`,
    );
    return {
      encrypted_key_material: folder.read('EncryptedKeyMaterial.bin').toString('base64'),
      encrypted_privatekey: folder.read('out_rsa_private_key.der').toString('base64'),
    };
  } finally {
    folder.remove();
  }
}

export async function createKeyOf(
  emulator: Emulator,
  spec: string,
  change: object = {},
): Promise<string> {
  const body = { key_alias: `test-${randomUUID()}`, key_spec: spec, origin: 'external', ...change };
  return (await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', body)).key_info.key_id;
}

/** Fetches parameters, wraps and imports; answers whatever the import answered. */
export async function importPrivateKey(
  emulator: Emulator,
  keyId: string,
  pkcs8: Buffer,
  change: object = {},
): Promise<PlainAnswer> {
  const { import_token, public_key } = await getParameters(emulator, keyId);
  return call(emulator, 'import-key-material', {
    key_id: keyId,
    import_token,
    ...wrapPrivateKey(public_key, pkcs8),
    ...change,
  });
}
