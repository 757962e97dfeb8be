/**
 * What cannot be opened is told by its name in the first plan, before any key is made, in the words
 * of the command `byok fingerprint` but for the names of settings.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { wording as ofProvider } from '../../lib/provider/wording';
import { wordsOf } from '../support/command-words';
import { writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { openssl } from '../support/tools';
import { configure, type Workbench, workbench } from './workbench';

const ofCommand = wordsOf('byok fingerprint');

let emulator: Emulator;
let bench: Workbench;

beforeAll(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, '');
});

beforeEach(() => emulator.clearCalls());

afterAll(async () => {
  bench.workspace.remove();
  await emulator.close();
});

const command = join(__dirname, '..', '..', 'dist', 'bundle', 'byok.js');

/** Settings that these sentences name. */
const named = ['keySpec', 'materialEncoding', 'materialPassword'] as const;

/**
 * What the command says behind its name, with attributes in place of its flags; fails when it has a
 * fingerprint.
 */
function saidByCommand(file: string, encoding: string, env: Record<string, string>): string {
  const password = Object.keys(env).flatMap((name) => ['--material-password-env', name]);
  const args = [
    'fingerprint',
    '--material-file',
    file,
    '--material-encoding',
    encoding,
    ...password,
  ];
  try {
    execFileSync(process.execPath, [command, ...args], {
      cwd: bench.workspace.folder,
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
  } catch (error) {
    const said = String((error as { stderr: Buffer }).stderr)
      .trim()
      .replace(/^byok: /, '');
    return named.reduce(
      (text, setting) => text.replaceAll(ofCommand.name(setting), ofProvider.name(setting)),
      said,
    );
  }
  throw new Error('it has a fingerprint');
}

function declare(keySpec: string, attributes: string, name = 'signing'): string {
  return `resource "byok_external_key" "${name}" {
  alias    = "${name}"
  key_spec = "${keySpec}"
}
resource "byok_key_material" "${name}" {
  key_id = byok_external_key.${name}.key_id
  ${attributes}
}
`;
}

const key = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
const brainpool = openssl('ecparam -name brainpoolP256r1 -genkey -noout');
const right = { PW: 'grün😀' };
const wrong = { PW: 'gruen' };
const pkcs12 = openssl(['pkcs12', '-export', '-nocerts', '-passout', 'env:PW'], key, right);

test.each<[string, Buffer | string, string, Record<string, string>, string]>([
  [
    'a public key',
    openssl('pkey -pubout', key),
    'pem',
    {},
    'it is a public key, which holds no private key',
  ],
  [
    'a curve',
    brainpool,
    'pem',
    {},
    'is a private key, EC on brainpoolP256r1, which no key_spec takes',
  ],
  [
    'a curve, in DER',
    openssl('pkey -outform DER', brainpool),
    'der',
    {},
    'is a private key, EC on brainpoolP256r1',
  ],
  ['PKCS#12 under another password', pkcs12, 'pkcs12', wrong, 'the given password is wrong'],
  ['PKCS#12 without its password', pkcs12, 'pkcs12', {}, 'no password was given'],
  [
    'an encrypted key without its password',
    openssl('pkcs8 -topk8 -passout pass:x', key),
    'pem',
    {},
    'but no password was given',
  ],
  ['a cut', pkcs12.subarray(0, 300), 'pkcs12', right, 'it is cut off: it should have'],
  [
    'a JWK',
    '{"kty":"EC","d":"AAAA"}',
    'pem',
    {},
    'it is a JSON Web Key (JWK); convert it: node -p',
  ],
])('%s', async (_name, content, encoding, env, sentence) => {
  bench.workspace.write('signing.key', content);
  const password = Object.keys(env).map((name) => `\n  material_password_env = "${name}"`);
  configure(
    emulator,
    bench.workspace,
    declare(
      'EC_P256',
      `material_file = "signing.key"\n  material_encoding = "${encoding}"${password}`,
    ),
  );
  delete bench.workspace.env.PW;
  Object.assign(bench.workspace.env, env);
  const plan = await bench.workspace.plan();
  const said = saidByCommand('signing.key', encoding, env);
  expect(said).toContain(sentence);
  expect(plan.code).toBe(1);
  const inPlan = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replaceAll(/\s+/g, ' ');
  expect(plan.text.replaceAll(/\s+/g, ' ')).toContain(inPlan);
  expect(plan.text).not.toContain('AES_256');
  expect(writesOf(emulator)).toEqual([]);
});

describe('bytes of no size', () => {
  const hex = randomBytes(32).toString('hex');

  async function planOf(body: string): Promise<string> {
    bench.workspace.write('signing.key', hex);
    configure(emulator, bench.workspace, body);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(writesOf(emulator)).toEqual([]);
    return plan.text;
  }

  test.each(['RSA_2048', 'EC_P384'])(
    'beside a key of %s: nothing is said of AES_256',
    async (keySpec) => {
      const text = await planOf(declare(keySpec, 'material_file = "signing.key"'));
      expect(text).toContain(
        `The key material is 48 bytes and not a private key, which ${keySpec} needs`,
      );
      expect(text).not.toContain('AES_256');
    },
  );

  test('beside a key of AES_256: as ever, and what the bytes may have been meant as', async () => {
    const text = await planOf(declare('AES_256', 'material_file = "signing.key"'));
    expect(text).toContain(
      'The key material has 48 bytes; AES_256 needs exactly 32; it reads as 32 bytes in hex: set material_encoding to "hex"',
    );
  });

  test('beside keys of two kinds: of neither', async () => {
    const text = await planOf(
      `${declare('AES_256', 'material_file = "orders.key"', 'orders')}${declare('RSA_2048', 'material_file = "signing.key"')}`,
    );
    expect(text).not.toContain('AES_256 needs');
    expect(text).toMatch(
      /not a private key, (?:and a symmetric key has exactly 32|which RSA_2048 needs)/,
    );
  });
});

test('a PKCS#12 file that a variable carries in Base64, under a password that is not ASCII, is imported', async () => {
  configure(
    emulator,
    bench.workspace,
    declare(
      'EC_P256',
      'material_env = "SIGNING"\n  material_encoding = "pkcs12"\n  material_password_env = "PW"',
    ),
  );
  Object.assign(bench.workspace.env, right, { SIGNING: pkcs12.toString('base64') });
  const apply = await bench.workspace.apply();
  expect(apply.text).toContain('2 added');
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    fingerprint: `sha256:${createHash('sha256').update(openssl('pkey -pubout -outform DER', key)).digest('hex')}`,
    fingerprint_verified: true,
  });
});
