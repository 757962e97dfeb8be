/**
 * Plans of a job that has no secrets: a write-only attribute is null there, whatever stands beside
 * it, and no plan fails for it.
 */
import { randomBytes } from 'node:crypto';
import { getParameters, wrapWithOpenssl } from '../emulator/external-key';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;

const secrets = ['material', 'token', 'wrapped', 'private'] as const;
type Secrets = Partial<Record<(typeof secrets)[number], string>>;

const variables = secrets
  .map(
    (name) =>
      `variable "${name}" {\n  type = string\n  ephemeral = true\n  sensitive = true\n  default = null\n}\n`,
  )
  .join('');

const body = (attributes: string, more = '') =>
  `${variables}${externalKey('orders')}${more}
resource "byok_key_material" "orders" {
  key_id = byok_external_key.orders.key_id
  ${attributes}
}`;

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, externalKey('orders'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

function give(given: Secrets): void {
  for (const name of secrets) {
    delete bench.workspace.env[`TF_VAR_${name}`];
  }
  for (const [name, value] of Object.entries(given)) {
    bench.workspace.env[`TF_VAR_${name}`] = value;
  }
}

const declare = (attributes: string, more = '') =>
  configure(emulator, bench.workspace, body(attributes, more));

const keyId = () => String(bench.workspace.attributes('byok_external_key').key_id);

/** The offline half. */
async function wrapElsewhere(
  material: Buffer,
): Promise<Required<Pick<Secrets, 'token' | 'wrapped'>>> {
  const parameters = await getParameters(emulator, keyId());
  return {
    token: parameters.import_token,
    wrapped: wrapWithOpenssl(parameters.public_key, material),
  };
}

const far = 'expiration_time = "2035-01-01T00:00:00Z"';
const preWrapped = (version: number, expiry = far) =>
  `import_token_wo = var.token\n  encrypted_key_material_wo = var.wrapped\n  material_wo_version = ${version}\n  ${expiry}`;

test('material_wo beside material_wo_version, from the first plan on', async () => {
  const counted = (version: number, more = '') =>
    declare(`material_wo = var.material\n  material_wo_version = ${version}\n  ${more}`);
  counted(1);
  const first = await bench.workspace.plan();
  expect(first.code).toBe(2);
  expect(first.text).toContain(
    'At this moment neither material_wo nor import_token_wo has a value.',
  );
  emulator.clearCalls();
  const refused = await bench.workspace.apply();
  expect(refused.text).toContain(
    'An import is due, but neither material_wo nor import_token_wo has a value; nothing was imported, and key',
  );
  expect(writesOf(emulator)).toEqual([]);

  give({ material: bench.material.toString('base64') });
  expect((await bench.workspace.apply()).code).toBe(0);
  give({});
  expect((await bench.workspace.plan()).code).toBe(0);
  counted(2, 'warn_before = "3d"');
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed');
  expect(await holdsMaterial(emulator, keyId(), bench.material)).toBe(true);
});

describe('material that was wrapped elsewhere', () => {
  let material: Buffer;
  let pair: Required<Pick<Secrets, 'token' | 'wrapped'>>;

  beforeEach(async () => {
    material = randomBytes(32);
    pair = await wrapElsewhere(material);
  });

  async function imported(): Promise<void> {
    declare(preWrapped(1));
    give(pair);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
  }

  const halves: readonly [string, (whole: Secrets) => Secrets][] = [
    ['the token alone', ({ token }) => ({ token })],
    ['the wrapped key alone', ({ wrapped }) => ({ wrapped })],
    ['nothing', () => ({})],
  ];

  test.each(halves)(
    'a later plan with %s is quiet, refuses another expiry, and tells drift as it is',
    async (_name, part) => {
      await imported();
      give(part(pair));
      expect((await bench.workspace.plan()).code).toBe(0);

      declare(
        preWrapped(
          1,
          'expiration_time = "2036-01-01T00:00:00Z"\n  allow_unverified_renewal = true',
        ),
      );
      const changed = await bench.workspace.plan();
      expect(changed.code).toBe(1);
      expect(changed.text).toContain(
        'material that was wrapped elsewhere cannot be wrapped again here',
      );

      declare(preWrapped(1));
      emulator.deleteMaterial(keyId());
      const drift = await bench.workspace.plan();
      expect(drift.code).toBe(0);
      expect(drift.text).toContain('importing it again needs a new token');
    },
  );

  test.each<[string, Secrets, string]>([
    ['the token alone', { token: 'A'.repeat(200) }, 'encrypted_key_material_wo is not set'],
    ['the wrapped key alone', { wrapped: 'B'.repeat(344) }, 'import_token_wo is not set'],
    [
      'the wrapped private key alone',
      { private: 'C'.repeat(200) },
      'import_token_wo and encrypted_key_material_wo is not set',
    ],
  ])(
    'a first import of %s is planned with a warning, and refused in apply',
    async (_name, part, missing) => {
      declare(`${preWrapped(1)}\n  encrypted_privatekey_wo = var.private`);
      give(part);
      emulator.clearCalls();
      const plan = await bench.workspace.plan();
      expect(plan.code).toBe(2);
      expect(plan.text).toContain(`At this moment ${missing}`);
      const apply = await bench.workspace.apply();
      expect(apply.code).toBe(1);
      expect(apply.text).toContain(`An import is due, but ${missing}`);
      expect(writesOf(emulator)).toEqual([]);
    },
  );

  test('a new token that is not there yet is planned with a warning', async () => {
    await imported();
    emulator.deleteMaterial(keyId());
    declare(preWrapped(2));
    give({});
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(2);
    expect(plan.text).toContain('Key material is not available');
    give(await wrapElsewhere(material));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
  });

  test('a token of byok_import_parameters is null as soon as the import is done', async () => {
    await imported();
    declare(
      preWrapped(1).replace('var.token', 'ephemeral.byok_import_parameters.now.import_token'),
      '\nephemeral "byok_import_parameters" "now" {\n  key_id = byok_external_key.orders.key_id\n}',
    );
    // The token is sensitive, which Terraform writes into the state where it was not so before.
    give({ wrapped: pair.wrapped });
    emulator.clearCalls();
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(
      writesOf(emulator).filter((operation) => operation !== 'get-parameters-for-import'),
    ).toEqual([]);
    for (const given of [{ wrapped: pair.wrapped }, {}]) {
      give(given);
      expect((await bench.workspace.plan()).code).toBe(0);
    }
  });

  test('ignore_changes holds material_wo_version, too', async () => {
    await imported();
    emulator.deleteMaterial(keyId());
    declare(
      `${preWrapped(2, 'warn_before = "3d"')}\n  lifecycle {\n    ignore_changes = [material_wo_version, expiration_time]\n  }`,
    );
    give(await wrapElsewhere(material));
    emulator.clearCalls();
    const apply = await bench.workspace.apply();
    expect(apply.text).toContain('importing it again needs a new token');
    expect(apply.code).toBe(0);
    expect(writesOf(emulator)).toEqual([]);
  });
});

test('what is given beside another source is still a fault', async () => {
  for (const [attributes, fault] of [
    [
      'material_file = "orders.key"\n  material_wo_version = 1',
      'material_wo_version is given without material_wo or import_token_wo',
    ],
    [
      'material_file = "orders.key"\n  encrypted_key_material_wo = var.wrapped',
      'encrypted_key_material_wo is given without import_token_wo',
    ],
    [
      'material_wo = var.material\n  material_file = "orders.key"',
      'material_wo and material_file are given together',
    ],
    ['valid_for = "90d"', 'valid_for is given without renew_before'],
  ] as const) {
    declare(attributes);
    give({ material: 'A', wrapped: 'B' });
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(fault);
  }
});
