/** Material that a program wraps: what the program is asked, and every answer that is refused. */
import {
  constants,
  createHmac,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isByokError } from '../../lib/errors';
import { openHsmMaterial } from '../../lib/material/hsm';
import type { Material, WrappedMaterial } from '../../lib/material/material';

const material = randomBytes(32);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = rsa.publicKey.export({ type: 'spki', format: 'der' });
const fingerprint = `sha256:${createHmac('sha256', material).update('cdktf-byok fingerprint v1').digest('hex')}`;
const base64 = (length: number) => randomBytes(length).toString('base64');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'byok-hsm-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A program that answers what it is told to: text as it is, anything else as JSON. It keeps the
 * requests.
 */
function programAnswering(answers: Readonly<Record<string, unknown>>): string[] {
  const texts = Object.entries(answers).map(([operation, answer]) => [
    operation,
    typeof answer === 'string' ? answer : JSON.stringify(answer),
  ]);
  const path = join(folder, 'program.js');
  writeFileSync(
    path,
    `const { appendFileSync, readFileSync } = require('node:fs');
const request = readFileSync(0, 'utf8');
appendFileSync(${JSON.stringify(join(folder, 'requests'))}, request);
process.stdout.write(${JSON.stringify(Object.fromEntries(texts))}[JSON.parse(request).operation]);
`,
  );
  return [process.execPath, path];
}

function requests(): unknown[] {
  return readFileSync(join(folder, 'requests'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

function open(argv: readonly string[], signal = new AbortController().signal): Promise<Material> {
  return openHsmMaterial(argv, {
    attribute: 'wrap_command',
    env: { PATH: process.env.PATH },
    signal,
  });
}

async function wrapWith(answer: unknown, keySpec = 'AES_256'): Promise<WrappedMaterial> {
  const opened = await open(programAnswering({ fingerprint: { fingerprint }, wrap: answer }));
  opened.checkFits(keySpec);
  return opened.wrap('RSAES_OAEP_SHA_1', publicKey);
}

async function failureOf(
  running: Promise<unknown>,
): Promise<{ code: string; message: string; attribute: string | undefined }> {
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isByokError(error)) {
    throw new Error('no ByokError was thrown', { cause: error });
  }
  const { code, message, attribute } = error;
  return { code, message, attribute };
}

test('asks for the fingerprint first, and for the wrapped material with everything that wrapping needs', async () => {
  const encrypted = randomBytes(256);
  const wrapped = await wrapWith({ encrypted_key_material: encrypted.toString('base64') });
  expect(wrapped).toEqual({ encryptedKeyMaterial: encrypted });
  expect(requests()).toEqual([
    { operation: 'fingerprint' },
    {
      operation: 'wrap',
      wrapping_algorithm: 'RSAES_OAEP_SHA_1',
      key_spec: 'AES_256',
      public_key: publicKey.toString('base64'),
    },
  ]);
});

test('shows the fingerprint that was answered, and holds nothing to wipe', async () => {
  const opened = await open(
    programAnswering({ fingerprint: { fingerprint, further: 'fields are ignored' } }),
  );
  expect(opened).toMatchObject({ fingerprint, isPrivateKey: false });
  opened.checkStrength();
  opened.wipe();
  expect(opened.fingerprint).toBe(fingerprint);
});

test('gives openssl a public key that it wraps with, and the private key opens the answer', async () => {
  writeFileSync(join(folder, 'material'), material);
  const program = join(folder, 'openssl.sh');
  writeFileSync(
    program,
    `#!/bin/sh
set -e
cd ${folder}
cat > request
if grep -q '"fingerprint"' request; then
  echo '{"fingerprint":"${fingerprint}"}'
else
  sed 's/.*"public_key":"\\([^"]*\\)".*/\\1/' request | base64 -d > key.der
  openssl pkeyutl -encrypt -in material -pubin -keyform DER -inkey key.der -pkeyopt rsa_padding_mode:oaep -out wrapped
  printf '{"encrypted_key_material":"%s"}' "$(base64 -w0 wrapped)"
fi
`,
  );
  const opened = await open(['sh', program]);
  const { encryptedKeyMaterial } = await opened.wrap('RSAES_OAEP_SHA_1', publicKey);
  const oaep = { key: rsa.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  expect(privateDecrypt(oaep, encryptedKeyMaterial)).toEqual(material);
});

test('takes the two blobs of a private key', async () => {
  const wrapped = await wrapWith(
    { encrypted_key_material: base64(256), encrypted_privatekey: base64(144) },
    'EC_P256',
  );
  expect(wrapped.encryptedPrivatekey).toHaveLength(144);
  expect(requests()[1]).toMatchObject({ key_spec: 'EC_P256' });
});

test('reads null as a field that was left out', async () => {
  expect(
    await wrapWith({ encrypted_key_material: base64(256), encrypted_privatekey: null }),
  ).not.toHaveProperty('encryptedPrivatekey');
});

test('refuses a key that takes no imported material', async () => {
  const opened = await open(programAnswering({ fingerprint: { fingerprint } }));
  expect(() => opened.checkFits('SM4')).toThrow('the key has spec "SM4"');
});

const oneObject = 'it must be one JSON object';
const digits = 'field "fingerprint" must be "sha256:" and 64 lower-case hex digits';

test.each([
  ['nothing', '', oneObject],
  ['no JSON', 'not-for-eyes', oneObject],
  ['an array', [fingerprint], oneObject],
  ['null', 'null', oneObject],
  ['a string', JSON.stringify(fingerprint), oneObject],
  [
    'two objects',
    `${JSON.stringify({ fingerprint })}\n${JSON.stringify({ fingerprint })}`,
    oneObject,
  ],
  ['an object without it', {}, digits],
  ['a number', { fingerprint: 12 }, digits],
  ['digits without their name', { fingerprint: fingerprint.slice(7) }, digits],
  ['upper case', { fingerprint: fingerprint.toUpperCase() }, digits],
  ['a line break after it', { fingerprint: `${fingerprint}\n` }, digits],
])('refuses as a fingerprint: %s', async (_name, answer, expected) => {
  expect(await failureOf(open(programAnswering({ fingerprint: answer })))).toEqual({
    code: 'ERR_MATERIAL_INVALID',
    message: `wrap_command gave an unexpected answer to the operation "fingerprint": ${expected}`,
    attribute: 'wrap_command',
  });
});

const oneLine = 'field "encrypted_key_material" must be Base64 on one line';

test.each([
  ['nothing', 'AES_256', '', oneObject],
  ['an array', 'AES_256', [], oneObject],
  ['an object without it', 'AES_256', {}, oneLine],
  ['null', 'AES_256', { encrypted_key_material: null }, oneLine],
  ['a number', 'AES_256', { encrypted_key_material: 1 }, oneLine],
  ['an empty text', 'AES_256', { encrypted_key_material: '' }, oneLine],
  ['Base64 of URLs', 'AES_256', { encrypted_key_material: '-_-_' }, oneLine],
  [
    'Base64 that was cut off',
    'AES_256',
    { encrypted_key_material: base64(256).slice(0, -1) },
    oneLine,
  ],
  [
    'Base64 on two lines',
    'AES_256',
    { encrypted_key_material: base64(256).replace(/^.{64}/, '$&\n') },
    oneLine,
  ],
  [
    'the material itself, not encrypted',
    'AES_256',
    { encrypted_key_material: material.toString('base64') },
    'field "encrypted_key_material" must be 256 bytes, as long as the wrapping key, not 32',
  ],
  [
    'a private key for a symmetric key',
    'AES_256',
    { encrypted_key_material: base64(256), encrypted_privatekey: base64(144) },
    'field "encrypted_privatekey" belongs to private keys, and the key has spec AES_256, which has none',
  ],
  [
    'no private key for an asymmetric key',
    'RSA_2048',
    { encrypted_key_material: base64(256) },
    'field "encrypted_privatekey" belongs to private keys, and the key has spec RSA_2048, which needs it',
  ],
  [
    'a private key that is no Base64',
    'RSA_2048',
    { encrypted_key_material: base64(256), encrypted_privatekey: true },
    'field "encrypted_privatekey" must be Base64 on one line',
  ],
])('refuses as wrapped material: %s', async (_name, keySpec, answer, expected) => {
  const failure = await failureOf(wrapWith(answer, keySpec));
  expect(failure).toEqual({
    code: 'ERR_MATERIAL_INVALID',
    message: `wrap_command gave an unexpected answer to the operation "wrap": ${expected}`,
    attribute: 'wrap_command',
  });
});

test('refuses a short wrapping key before the program hears of it', async () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const opened = await open(programAnswering({ fingerprint: { fingerprint } }));
  expect(await failureOf(opened.wrap('RSAES_OAEP_SHA_1', short))).toMatchObject({
    code: 'ERR_KMS',
    message: 'the wrapping key is rsa with 1024 bits; RSA with at least 2048 bits is needed',
  });
  expect(requests()).toEqual([{ operation: 'fingerprint' }]);
});

test('fails like any other program, and names its attribute', async () => {
  expect(await failureOf(open(['false']))).toMatchObject({
    code: 'ERR_MATERIAL_NOT_AT_HAND',
    message: expect.stringContaining(
      'wrap_command "false" ended with exit code 1; run it by hand',
    ) as unknown,
    attribute: 'wrap_command',
  });
});

test('wraps to the end although it was interrupted: the material may have been deleted already', async () => {
  const controller = new AbortController();
  const opened = await open(
    programAnswering({
      fingerprint: { fingerprint },
      wrap: { encrypted_key_material: base64(256) },
    }),
    controller.signal,
  );
  controller.abort();
  expect((await opened.wrap('RSAES_OAEP_SHA_1', publicKey)).encryptedKeyMaterial).toHaveLength(256);
  expect(await failureOf(open(['true'], controller.signal))).toMatchObject({
    code: 'ERR_INTERRUPTED',
  });
});
