/**
 * The documented openssl command lines and our code make interchangeable imports: what one wraps
 * the other's receiver opens, for every key type, and a key that one of them filled takes the
 * other's import as the same material.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Material } from '../../lib/material/material';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { type KeySpec, keySpecs } from '../../lib/terms/kms';
import { createKey, getParameters, importMaterial } from '../emulator/external-key';
import { call, ok, verdict } from '../emulator/plain-http';
import { type Emulator, startEmulator } from '../support/emulator';

const generators: Readonly<Record<Exclude<KeySpec, 'AES_256'>, string>> = {
  RSA_2048: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  RSA_3072: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072',
  RSA_4096: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096',
  EC_P256: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  EC_P384: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384',
};

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'byok-interchange-'));
  emulator = await startEmulator();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.close();
});

function openssl(line: string, input?: Buffer): Buffer {
  return execFileSync('openssl', line.split(' '), {
    cwd: folder,
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function open(content: Buffer, encoding: 'base64' | 'pem'): Material {
  return openContent(content, {
    encoding,
    password: undefined,
    attribute: undefined,
    spelling: wording,
    source: 'the test',
  });
}

const wrappingPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const wrappingKey = wrappingPair.publicKey.export({ type: 'spki', format: 'der' });

/** The receiving half of the KMS, by openssl alone. */
function unwrapByOpenssl(wrapped: Buffer): Buffer {
  writeFileSync(
    join(folder, 'wrapping.pem'),
    wrappingPair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  return openssl(
    'pkeyutl -decrypt -inkey wrapping.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256',
    wrapped,
  );
}

test('AES_256: openssl opens what we wrap', async () => {
  const bytes = randomBytes(32);
  const { encryptedKeyMaterial } = await open(Buffer.from(bytes.toString('base64')), 'base64').wrap(
    'RSAES_OAEP_SHA_256',
    wrappingKey,
  );
  expect(unwrapByOpenssl(encryptedKeyMaterial).equals(bytes)).toBe(true);
});

test('every spec that can be imported is tried here', () => {
  expect(['AES_256', ...Object.keys(generators)]).toEqual(Object.keys(keySpecs));
});

describe.each(Object.entries(generators))('%s', (spec, generator) => {
  const pem = execFileSync('openssl', generator.split(' '), { stdio: ['pipe', 'pipe', 'pipe'] });

  test('openssl opens what we wrap, to the very PKCS#8', async () => {
    const { encryptedKeyMaterial, encryptedPrivatekey } = await open(Buffer.from(pem), 'pem').wrap(
      'RSAES_OAEP_SHA_256',
      wrappingKey,
    );
    const intermediateKey = unwrapByOpenssl(encryptedKeyMaterial);
    const der = openssl(
      `enc -d -id-aes256-wrap-pad -K ${intermediateKey.toString('hex')} -iv A65959A6`,
      encryptedPrivatekey,
    );
    expect(der.equals(openssl('pkcs8 -topk8 -nocrypt -outform DER', pem))).toBe(true);
  });

  test('the KMS takes what we wrap, and what the documented command lines wrap, as the same key', async () => {
    const [ours, theirs] = [await createKeyOf(spec), await createKeyOf(spec)];

    const parameters = await getParameters(emulator, ours);
    const wrapped = await open(Buffer.from(pem), 'pem').wrap(
      'RSAES_OAEP_SHA_256',
      Buffer.from(parameters.public_key, 'base64'),
    );
    await importWrapped(
      ours,
      parameters.import_token,
      wrapped.encryptedKeyMaterial,
      wrapped.encryptedPrivatekey,
    );

    const { encryptedKeyMaterial, encryptedPrivatekey, importToken } = await wrapAsDocumented(
      theirs,
      pem,
    );
    await importWrapped(theirs, importToken, encryptedKeyMaterial, encryptedPrivatekey);

    const [first, second] = [await publicKeyOf(ours), await publicKeyOf(theirs)];
    expect(first).toBe(second);
    expect(
      openssl('pkey -pubin -outform DER', Buffer.from(first)).equals(
        openssl('pkey -pubout -outform DER', pem),
      ),
    ).toBe(true);
  });
});

test('a key that openssl filled takes our import of the same bytes, and the other way round; other bytes it refuses', async () => {
  const bytes = randomBytes(32);
  const keyId = await createKey(emulator);
  expect(verdict(await importMaterial(emulator, keyId, bytes))).toBe('200');
  emulator.deleteMaterial(keyId);
  expect(await importOurs(keyId, bytes)).toBe('200');
  emulator.deleteMaterial(keyId);
  expect(await importOurs(keyId, randomBytes(32))).toBe('400 KMS.2606');
  expect(verdict(await importMaterial(emulator, keyId, bytes))).toBe('200');
});

async function importOurs(keyId: string, bytes: Buffer): Promise<string> {
  const parameters = await getParameters(emulator, keyId);
  const material = open(Buffer.from(bytes.toString('base64')), 'base64');
  const { encryptedKeyMaterial } = await material.wrap(
    'RSAES_OAEP_SHA_256',
    Buffer.from(parameters.public_key, 'base64'),
  );
  const body = {
    key_id: keyId,
    import_token: parameters.import_token,
    encrypted_key_material: encryptedKeyMaterial.toString('base64'),
  };
  return verdict(await call(emulator, 'import-key-material', body));
}

let aliases = 0;

async function createKeyOf(spec: string): Promise<string> {
  aliases += 1;
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: `interchange-${aliases}`,
    key_spec: spec,
    origin: 'external',
  });
  return key_info.key_id;
}

async function publicKeyOf(keyId: string): Promise<string> {
  return (await ok<{ public_key: string }>(emulator, 'get-publickey', { key_id: keyId }))
    .public_key;
}

async function importWrapped(
  keyId: string,
  importToken: string,
  key: Buffer,
  privateKey: Buffer | undefined,
): Promise<void> {
  const answer = await call(emulator, 'import-key-material', {
    key_id: keyId,
    import_token: importToken,
    encrypted_key_material: key.toString('base64'),
    encrypted_privatekey: privateKey?.toString('base64'),
  });
  expect(verdict(answer)).toBe('200');
}

/** The vendors' user guides, word for word but for `xxd`, which turns hex into bytes. */
async function wrapAsDocumented(
  keyId: string,
  pem: Buffer,
): Promise<{ importToken: string; encryptedKeyMaterial: Buffer; encryptedPrivatekey: Buffer }> {
  const { public_key, import_token } = await getParameters(emulator, keyId);
  writeFileSync(join(folder, 'PublicKey.b64'), public_key);
  writeFileSync(join(folder, 'rsa_private_key.pem'), pem);
  openssl('enc -d -base64 -A -in PublicKey.b64 -out PublicKey.bin');
  openssl('rand -out 0xPlaintextKeyMaterial.bin -hex 32');
  const hex = readFileSync(join(folder, '0xPlaintextKeyMaterial.bin'), 'utf8').trim();
  writeFileSync(join(folder, 'PlaintextKeyMaterial.bin'), Buffer.from(hex, 'hex'));
  openssl(
    'pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256',
  );
  openssl(
    'pkcs8 -topk8 -inform PEM -outform DER -in rsa_private_key.pem -out rsa_private_key.der -nocrypt',
  );
  openssl(
    `enc -id-aes256-wrap-pad -K ${hex} -iv A65959A6 -in rsa_private_key.der -out out_rsa_private_key.der`,
  );
  return {
    importToken: import_token,
    encryptedKeyMaterial: readFileSync(join(folder, 'EncryptedKeyMaterial.bin')),
    encryptedPrivatekey: readFileSync(join(folder, 'out_rsa_private_key.der')),
  };
}
