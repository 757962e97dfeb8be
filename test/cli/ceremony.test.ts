/** The clock of a ceremony, handed in; nothing of this talks to a network. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byokCommand } from '../../lib/cli/command';
import { offlineSteps } from '../../lib/cli/offline-commands';
import type { Surroundings } from '../../lib/cli/surroundings';

const folder = mkdtempSync(join(tmpdir(), 'byok-ceremony-unit-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const surroundings = (now: string): Surroundings => ({
  env: {},
  homeFolder: folder,
  now: () => new Date(now),
  print: () => undefined,
  remark: () => undefined,
  readInput: async () => undefined,
  exitWith: () => undefined,
  untilStopped: () => new Promise(() => undefined),
});

const finish = (now: string) =>
  byokCommand(surroundings(now)).parseAsync([
    'node',
    'byok',
    'ceremony',
    'finish',
    '--dir',
    folder,
  ]);

test('refuses to finish from the second on in which the parameters end, before it looks for a connection', async () => {
  const files = {
    'ceremony.json': JSON.stringify({
      key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
      key_spec: 'AES_256',
      wrapping_algorithm: 'RSAES_OAEP_SHA_256',
      parameters_expire: '2030-01-02T03:04:05Z',
      public_key_sha256: '0'.repeat(64),
    }),
    'ImportToken.b64': randomBytes(300).toString('base64'),
    'EncryptedKeyMaterial.bin': randomBytes(256),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
  }
  await expect(finish('2030-01-02T03:04:05Z')).rejects.toThrow(
    /expired 2030-01-02T03:04:05Z \(it is now 2030-01-02T03:04:05Z\)/,
  );
  await expect(finish('2030-01-02T03:04:04Z')).rejects.toThrow(/region is not set/);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
});

test('the printed commands are those of the user guides, word for word', () => {
  const commands = offlineSteps('RSA_4096', 'RSAES_OAEP_SHA_256').flatMap((step) => step.commands);
  expect(commands).toEqual([
    'openssl rand -out 0xPlaintextKeyMaterial.bin -hex 32',
    'cat 0xPlaintextKeyMaterial.bin | xxd -r -ps > PlaintextKeyMaterial.bin',
    'openssl pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256',
    'openssl genrsa -out pkcs1_rsa_private_key.pem 4096',
    'openssl pkcs8 -topk8 -inform PEM -in pkcs1_rsa_private_key.pem -outform pem -nocrypt -out rsa_private_key.pem',
    'openssl pkcs8 -topk8 -inform PEM -outform DER -in rsa_private_key.pem -out rsa_private_key.der -nocrypt',
    'openssl enc -id-aes256-wrap-pad -K $(cat 0xPlaintextKeyMaterial.bin) -iv A65959A6 -in rsa_private_key.der -out out_rsa_private_key.der',
  ]);
  expect(offlineSteps('AES_256', 'RSAES_OAEP_SHA_1').flatMap((step) => step.commands)).toEqual([
    'openssl rand -out PlaintextKeyMaterial.bin 32',
    expect.stringMatching(/ -pkeyopt rsa_oaep_md:sha1$/),
  ]);
});
