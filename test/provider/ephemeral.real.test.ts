/**
 * The ephemeral resource `byok_import_parameters` under the real terraform: its values leave by a
 * provisioner, and stay in no file.
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey, importMaterial, wrapWithOpenssl } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { badWrappingKeys, parametersWith } from '../support/wrapping-keys';
import { configure, takeBuiltProvider, type Workbench, workbench } from './workbench';

takeBuiltProvider('this file shows byok_import_parameters as users get it, and looks for leaks');

let emulator: Emulator;
let bench: Workbench;
/** Where the provisioner writes: not a folder of Terraform's. */
let outside: string;

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, '');
  outside = mkdtempSync(join(tmpdir(), 'byok-parameters-'));
});

afterEach(async () => {
  rmSync(outside, { recursive: true });
  bench.workspace.remove();
  await emulator.close();
});

const parameters = (attributes: string, more = '') =>
  `ephemeral "byok_import_parameters" "x" {\n  ${attributes}\n  ${more}\n}\n`;

const postcondition = (condition: string) =>
  `lifecycle {\n    postcondition {\n      condition     = ${condition}\n      error_message = "not as expected"\n    }\n  }`;

/** Hands the values over to a program, as somebody with an HSM does. */
const handOver = `resource "terraform_data" "ceremony" {
  provisioner "local-exec" {
    command = "printenv TOKEN >$OUT/token; printenv DER >$OUT/der; printenv PEM >$OUT/pem; printenv ALGORITHM >$OUT/algorithm; printenv UNTIL >$OUT/until"
    environment = {
      TOKEN     = ephemeral.byok_import_parameters.x.import_token
      DER       = ephemeral.byok_import_parameters.x.public_key
      PEM       = ephemeral.byok_import_parameters.x.public_key_pem
      ALGORITHM = ephemeral.byok_import_parameters.x.wrapping_algorithm
      UNTIL     = ephemeral.byok_import_parameters.x.parameters_expire_at
    }
  }
}`;

const handedOver = (name: string) => readFileSync(join(outside, name), 'utf8').trim();

test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'])(
  'what it gives wraps by openssl and imports, %s',
  async (algorithm) => {
    const keyId = await createKey(emulator);
    const chosen = algorithm === 'RSAES_OAEP_SHA_256' ? '' : `wrapping_algorithm = "${algorithm}"`;
    configure(emulator, bench.workspace, parameters(`key_id = "${keyId}"`, chosen) + handOver);
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color'], { OUT: outside });

    expect(handedOver('algorithm')).toBe(algorithm);
    const material = randomBytes(32);
    await ok(emulator, 'import-key-material', {
      key_id: keyId,
      import_token: handedOver('token'),
      encrypted_key_material: wrapWithOpenssl(handedOver('der'), material, algorithm),
    });
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);

    const pem = createPublicKey(handedOver('pem'));
    expect(pem.export({ type: 'spki', format: 'der' }).toString('base64')).toBe(handedOver('der'));
    expect(Date.parse(handedOver('until'))).toBeGreaterThan(Date.now());
  },
);

test('the pair is in no state, plan or log', async () => {
  const keyId = await createKey(emulator);
  configure(emulator, bench.workspace, parameters(`key_id = "${keyId}"`) + handOver);
  const traced = { OUT: outside, TF_LOG: 'TRACE', TF_LOG_PATH: 'trace.log' };
  await bench.workspace.succeed(['plan', '-no-color', '-out', 'tfplan'], traced);
  const apply = await bench.workspace.succeed(['apply', '-no-color', 'tfplan'], traced);
  const shown = await bench.workspace.succeed(['show', '-json', 'tfplan']);
  const token = handedOver('token');
  expect(token.length).toBeGreaterThan(200);
  for (const text of [
    apply.output,
    shown.output,
    ...bench.workspace.files().map((file) => readFileSync(file, 'latin1')),
  ]) {
    expect(text.includes(token)).toBe(false);
  }
});

test('is unavailable, with nulls, while the key holds material', async () => {
  const keyId = await createKey(emulator);
  await importMaterial(emulator, keyId, randomBytes(32));
  const nothing = ['public_key', 'public_key_pem', 'import_token', 'parameters_expire_at'].map(
    (name) => `self.${name} == null`,
  );
  const condition = ['!self.available', `self.key_id == "${keyId}"`, ...nothing].join(' && ');
  configure(emulator, bench.workspace, parameters(`key_id = "${keyId}"`, postcondition(condition)));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(emulator, keyId)).key_state).toBe('2');

  emulator.deleteMaterial(keyId);
  configure(
    emulator,
    bench.workspace,
    parameters(`key_id = "${keyId}"`, postcondition('self.available && self.import_token != null')),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
});

test('waits for a key that the same configuration creates', async () => {
  const body = 'resource "byok_external_key" "new" {\n  alias = "new"\n}\n';
  configure(
    emulator,
    bench.workspace,
    body + parameters('key_id = byok_external_key.new.key_id') + handOver,
  );
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color'], { OUT: outside });
  expect(handedOver('token').length).toBeGreaterThan(200);
});

test('a plan goes on while the provider block is not known yet', async () => {
  const keyId = await createKey(emulator);
  const unknownEndpoint = `  kms_endpoint = terraform_data.later.output\n}\nresource "terraform_data" "later" {\n  input = "${emulator.url}"`;
  bench.workspace.configure(unknownEndpoint, parameters(`key_id = "${keyId}"`) + handOver);
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(2);
  expect(plan.text).toContain('No import parameters: the provider configuration is not known yet');
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color'], { OUT: outside });
  expect(handedOver('token').length).toBeGreaterThan(200);
});

test.each([
  [
    'a key id that is none',
    () => 'key_id = "orders"',
    'key_id is "orders"; allowed are 36 characters',
  ],
  [
    'a key that the KMS does not know',
    () => 'key_id = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"',
    'KMS.0207',
  ],
  ['a key whose material the KMS made', (theirs: string) => `key_id = "${theirs}"`, 'KMS.0309'],
  [
    'an unknown algorithm',
    (theirs: string) => `key_id = "${theirs}"\n  wrapping_algorithm = "RSA"`,
    'wrapping_algorithm is "RSA"; allowed are "RSAES_OAEP_SHA_256"',
  ],
])('fails for %s', async (_what, attributes, sentence) => {
  const theirs = await createKey(emulator, 'kms');
  configure(emulator, bench.workspace, parameters(attributes(theirs)));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain(sentence);
});

test('fails for a wrapping key that others could open, instead of handing it out', async () => {
  const keyId = await createKey(emulator);
  configure(emulator, bench.workspace, parameters(`key_id = "${keyId}"`) + handOver);
  const [, publicKey = Buffer.alloc(0)] =
    badWrappingKeys.find(([what]) => what === 'exponent 1') ?? [];
  emulator.injectFaults([
    { operation: 'get-parameters-for-import', times: 9, answer: parametersWith(keyId, publicKey) },
  ]);
  const apply = await bench.workspace.terraform(['apply', '-auto-approve', '-no-color'], {
    OUT: outside,
  });
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('The wrapping key from the KMS has a public exponent that is 1');
  expect(apply.text).not.toContain('defect');
  expect(readdirSync(outside)).toEqual([]);
});
