/** Material from commands, and material that was wrapped elsewhere, under the real terraform. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getParameters, wrapWithOpenssl } from '../emulator/external-key';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, externalKey('orders'));
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

function body(attributes: string): string {
  return `${externalKey('orders')}
resource "byok_key_material" "orders" {
  key_id = byok_external_key.orders.key_id
  ${attributes}
}`;
}

describe('material_command', () => {
  /** Leaves a file where it ran, and prints the key file. */
  const command =
    "material_command = [\"node\", \"-e\", \"require('fs').writeFileSync('ran', JSON.stringify(process.env)); process.stdout.write(require('fs').readFileSync('orders.key'))\"]";

  test('is run in apply, never in plan, and sees no foreign environment', async () => {
    const ran = join(bench.workspace.folder, 'ran');
    bench.workspace.env.BYOK_ORDERS = 'passed on';
    configure(emulator, bench.workspace, body(command));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(2);
    expect(existsSync(ran)).toBe(false);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(
      await holdsMaterial(
        emulator,
        String(bench.workspace.attributes('byok_key_material').key_id),
        bench.material,
      ),
    ).toBe(true);
    const seen = JSON.parse(require('node:fs').readFileSync(ran, 'utf8')) as Record<string, string>;
    expect(seen.BYOK_ORDERS).toBe('passed on');
    expect(Object.keys(seen).filter((name) => /^(HW|TF|OS)_/.test(name))).toEqual([]);
    expect((await bench.workspace.plan()).code).toBe(0);
  });

  test.each([
    ['that fails', '["false"]', 'material_command "false" ended with exit code 1'],
    ['that is not there', '["no-such-program"]', 'material_command "no-such-program" is not found'],
    [
      'that prints no material',
      '["echo", "nothing"]',
      'The key material in the output of "echo" is not base64',
    ],
  ])('%s is one sentence, and nothing is changed', async (_name, argv, message) => {
    configure(emulator, bench.workspace, body(`material_command = ${argv}`));
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain(message);
    expect(writesOf(emulator)).toEqual(['create-key']);
  });
});

describe('pre-wrapped material', () => {
  const variables = ['token', 'material']
    .map(
      (name) => `variable "${name}" {\n  type = string\n  ephemeral = true\n  default = null\n}\n`,
    )
    .join('');
  const preWrapped = (version: number, extra = '') =>
    variables +
    body(`import_token_wo = var.token
  encrypted_key_material_wo = var.material
  material_wo_version = ${version}
  ${extra}`);

  /** The offline half: openssl wraps for fresh parameters. */
  async function wrapElsewhere(keyId: string, material: Buffer): Promise<void> {
    const parameters = await getParameters(emulator, keyId);
    bench.workspace.env.TF_VAR_token = parameters.import_token;
    bench.workspace.env.TF_VAR_material = wrapWithOpenssl(parameters.public_key, material);
  }

  test('is imported as it is; drift is a warning until there is a new token', async () => {
    expect((await bench.workspace.apply()).code).toBe(0);
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    const material = randomBytes(32);
    await wrapElsewhere(keyId, material);
    configure(emulator, bench.workspace, preWrapped(1, 'expiration_time = "2035-01-01T00:00:00Z"'));
    emulator.clearCalls();
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(writesOf(emulator)).toEqual(['import-key-material']);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
    expect((await bench.workspace.plan()).code).toBe(0);

    const later = preWrapped(1, 'expiration_time = "2036-01-01T00:00:00Z"');
    configure(emulator, bench.workspace, later);
    expect((await bench.workspace.plan()).text).toContain(
      'material that was wrapped elsewhere cannot be wrapped again here',
    );

    emulator.deleteMaterial(keyId);
    configure(emulator, bench.workspace, preWrapped(1, 'expiration_time = "2035-01-01T00:00:00Z"'));
    const drift = await bench.workspace.plan();
    expect(drift.code).toBe(0);
    expect(drift.text).toContain('importing it again needs a new token');

    await wrapElsewhere(keyId, material);
    configure(emulator, bench.workspace, preWrapped(2, 'expiration_time = "2035-01-01T00:00:00Z"'));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  });

  test.each([
    ['a token alone', 'import_token_wo = var.token', 'encrypted_key_material_wo is not set'],
    [
      'a wrapped key alone',
      'encrypted_key_material_wo = var.material',
      'import_token_wo is not set',
    ],
  ])(
    '%s is a warning at plan, where secrets may be absent, and refused in apply',
    async (_name, attributes, missing) => {
      bench.workspace.env.TF_VAR_token = 'A'.repeat(200);
      bench.workspace.env.TF_VAR_material = 'B'.repeat(344);
      configure(emulator, bench.workspace, variables + body(attributes));
      const plan = await bench.workspace.plan();
      expect(plan.code).toBe(2);
      expect(plan.text).toContain(`At this moment ${missing}`);
      const apply = await bench.workspace.apply();
      expect(apply.code).toBe(1);
      expect(apply.text).toContain(`An import is due, but ${missing}`);
    },
  );

  test('in another form than the API demands is refused by length, never shown', async () => {
    bench.workspace.env.TF_VAR_token = 'A'.repeat(199);
    bench.workspace.env.TF_VAR_material = 'B'.repeat(344);
    configure(emulator, bench.workspace, preWrapped(1));
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain('import_token_wo has 199 characters; allowed are 200 to 6144');
    expect(apply.text).not.toContain('AAAA');
  });
});
