/** Where material may come from, and every wrong input, under the real terraform. */
import { randomBytes } from 'node:crypto';
import { fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.close());

beforeEach(async () => {
  bench = await workbench(emulator, '');
  emulator.clearCalls();
});

afterEach(() => bench.workspace.remove());

let aliases = 0;

/** A key of its own, and material with these attributes. */
function material(attributes: string): string {
  aliases += 1;
  return `${externalKey(`source-${aliases}`)}
resource "byok_key_material" "orders" {
  key_id = byok_external_key.orders.key_id
  ${attributes}
}`;
}

async function expectImported(bytes: Buffer): Promise<void> {
  expect(
    await holdsMaterial(
      emulator,
      String(bench.workspace.attributes('byok_key_material').key_id),
      bytes,
    ),
  ).toBe(true);
}

test.each([
  ['hex', (bytes: Buffer) => `${bytes.toString('hex')}\n`],
  ['raw', (bytes: Buffer) => bytes],
  ['base64', (bytes: Buffer) => bytes.toString('base64')],
])('imports from a file in %s', async (encoding, spell) => {
  const bytes = randomBytes(32);
  bench.workspace.write('spelt.key', spell(bytes));
  configure(
    emulator,
    bench.workspace,
    material(`material_file = "spelt.key"\n  material_encoding = "${encoding}"`),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  await expectImported(bytes);
});

test('imports from an environment variable', async () => {
  const bytes = randomBytes(32);
  bench.workspace.env.ORDERS_KEY = bytes.toString('base64');
  configure(emulator, bench.workspace, material('material_env = "ORDERS_KEY"'));
  expect((await bench.workspace.apply()).code).toBe(0);
  await expectImported(bytes);
});

test('imports a write-only value from an ephemeral variable, and a new version with the same material changes nothing in the KMS', async () => {
  const bytes = randomBytes(32);
  const body = material('material_wo = var.orders\n  material_wo_version = 1');
  const variable =
    'variable "orders" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n';
  bench.workspace.env.TF_VAR_orders = bytes.toString('base64');
  configure(emulator, bench.workspace, variable + body);
  expect((await bench.workspace.apply()).code).toBe(0);
  await expectImported(bytes);
  emulator.clearCalls();
  configure(emulator, bench.workspace, variable + body.replace('version = 1', 'version = 2'));
  expect((await bench.workspace.apply()).text).toContain('1 changed');
  expect(writesOf(emulator)).toEqual([]);
});

test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'RSAES_PKCS1_V1_5'])(
  'wraps with %s',
  async (algorithm) => {
    configure(
      emulator,
      bench.workspace,
      material(`material_file = "orders.key"\n  wrapping_algorithm = "${algorithm}"`),
    );
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(0);
    expect(apply.text.includes('Legacy wrapping algorithm')).toBe(
      algorithm !== 'RSAES_OAEP_SHA_256',
    );
    await expectImported(bench.material);
  },
);

test('imports nothing but the pinned material', async () => {
  const pin = `sha256:${'0'.repeat(64)}`;
  configure(
    emulator,
    bench.workspace,
    material(`material_file = "orders.key"\n  fingerprint = "${pin}"`),
  );
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(`but fingerprint is pinned to ${pin}`);
  expect(writesOf(emulator)).toEqual([]);
});

// Terraform plans once more at the start of apply, and refuses a planned value that moved in its
// own words.
test('does not import material that is not the one the plan showed', async () => {
  configure(emulator, bench.workspace, material('material_file = "orders.key"'));
  expect((await bench.workspace.plan('-out', 'tfplan')).code).toBe(2);
  const other = randomBytes(32);
  bench.workspace.write('orders.key', other.toString('base64'));
  const apply = await bench.workspace.terraform(['apply', '-no-color', 'tfplan']);
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(
    `.fingerprint: was cty.StringVal("${fingerprintOf(bench.material)}"), but now cty.StringVal("${fingerprintOf(other)}")`,
  );
  expect(writesOf(emulator)).toEqual(['create-key']);
});

describe('fails before any call that touches material, with one sentence that names attribute and value', () => {
  // Not the first byte of anything that has a name.
  const twentyBytes = Buffer.concat([Buffer.of(0xf1), randomBytes(19)]).toString('base64');

  test.each([
    [
      'a missing file',
      'material_file = "gone.key"',
      'the file "gone.key" that holds the key material does not exist',
    ],
    [
      'an unset variable',
      'material_env = "NO_SUCH_KEY"',
      'the environment variable "NO_SUCH_KEY" that holds the key material is not set',
    ],
    ['no source', '', 'set material_file, material_env, material_wo or another source'],
    [
      '20 bytes',
      'material_file = "short.key"',
      'The key material has 20 bytes; AES_256 needs exactly 32',
    ],
    ['bad Base64', 'material_file = "bad.key"', 'The key material in file "bad.key" is not base64'],
    [
      'an empty file',
      'material_file = "empty.key"',
      'The key material in file "empty.key" is empty',
    ],
    [
      'printable text',
      'material_file = "text.key"\n  material_encoding = "raw"',
      'plainly weak (printable text)',
    ],
    ['one repeated byte', 'material_file = "zero.key"', 'plainly weak (one byte repeated)'],
    ['a counter', 'material_file = "counter.key"', 'plainly weak (a counter)'],
    [
      'two sources',
      'material_file = "orders.key"\n  material_env = "KEY"',
      'material_file and material_env are given together',
    ],
    [
      'an expiry in the past',
      'material_file = "orders.key"\n  expiration_time = "2020-01-01T00:00:00Z"',
      'expiration_time is 2020-01-01T00:00:00Z, which is past',
    ],
    [
      'an expiry that is no instant',
      'material_file = "orders.key"\n  expiration_time = "2030-02-30T00:00:00Z"',
      'expiration_time is "2030-02-30T00:00:00Z"; allowed are',
    ],
    [
      'an unknown encoding',
      'material_file = "orders.key"\n  material_encoding = "base32"',
      'material_encoding is "base32"; allowed are "base64", "hex", "raw"',
    ],
    [
      'an unknown algorithm',
      'material_file = "orders.key"\n  wrapping_algorithm = "RSA"',
      'wrapping_algorithm is "RSA"; allowed are',
    ],
    [
      'a malformed pin',
      'material_file = "orders.key"\n  fingerprint = "sha256:abc"',
      'Fingerprint is "sha256:abc"; allowed are',
    ],
    [
      'a malformed timeout',
      'material_file = "orders.key"\n  timeouts { create = "soon" }',
      'Timeouts.create is "soon"; allowed is a whole number',
    ],
    [
      'a version without its value',
      'material_file = "orders.key"\n  material_wo_version = 1',
      'material_wo_version is given without material_wo',
    ],
  ])('%s', async (_name, attributes, message) => {
    const { workspace } = bench;
    workspace.write('short.key', twentyBytes);
    workspace.write('bad.key', 'this is not Base64!');
    workspace.write('empty.key', '');
    workspace.write('text.key', 'correct horse battery staple 123');
    workspace.write('zero.key', Buffer.alloc(32).toString('base64'));
    workspace.write(
      'counter.key',
      Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
    );
    configure(emulator, workspace, material(attributes));
    const apply = await workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain(message);
    // Nothing stands yet that could be destroyed instead.
    expect(apply.text).not.toContain('-refresh=false');
    expect(writesOf(emulator).filter((operation) => operation !== 'create-key')).toEqual([]);
  });

  test('a key id that is none', async () => {
    configure(
      emulator,
      bench.workspace,
      'resource "byok_key_material" "orders" {\n  key_id = "orders"\n  material_file = "orders.key"\n}',
    );
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('key_id is "orders"; allowed are 36 characters');
  });

  test('plain http to a host that is not loopback', async () => {
    bench.workspace.configure(
      '  kms_endpoint = "http://kms.example.com"',
      keyWithMaterial('plain'),
    );
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(
      '"http://kms.example.com" is plain http to a host that is not this machine',
    );
  });

  test('no login', async () => {
    bench.workspace.env.HW_AUTH_TOKEN = '';
    configure(emulator, bench.workspace, keyWithMaterial('login'));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('auth_token is not set');
    expect(plan.text).toContain('HW_AUTH_TOKEN');
  });
});
