/** `byok review --synth`: a synthesized stack, reviewed alone, and as what names the constructs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cdktf from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialSource,
} from 'cdktf-byok';
import * as cdktn from 'cdktn';
import { Construct } from 'constructs';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder } from '../support/scratch-folder';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const pin = `sha256:${'ab'.repeat(32)}`;
const folder = scratchFolder();
let byok: ByokProcess;

beforeAll(() => {
  byok = bundleByok();
});
afterAll(() => byok.remove());

let count = 0;

function file(content: unknown): string {
  const path = join(folder, `file-${count++}.json`);
  writeFileSync(path, `${JSON.stringify(content)}`);
  return path;
}

/** The folder of the stack "prod". */
function synthesized({ App, TerraformStack }: typeof cdktf | typeof cdktn): string {
  const outdir = scratchFolder();
  mkdirSync(join(outdir, 'stacks'), { recursive: true });
  const context = { 'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder };
  const app = new App({ outdir, context });
  const stack = new TerraformStack(app, 'prod');
  new ByokProvider(stack, 'byok');
  new ImportedKey(new Construct(stack, 'shop'), 'orders', {
    alias: 'orders',
    source: KeyMaterialSource.fromEnvironment('ORDERS_KEY'),
    expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
    fingerprint: pin,
    onDestroy: 'refuse',
  });
  const held = new ExternalKey(stack, 'held', { alias: 'held', onDestroy: 'retain' });
  new KeyMaterial(stack, 'raw', { keyId: held.keyId, materialCommand: ['pass', 'hunter2'] });
  new KeyMaterial(stack, 'adopted', {
    keyId,
    fingerprint: '${var.pin}',
    expirationTime: '2035-01-31T00:00:00Z',
  });
  new ExternalKey(stack, 'empty', { alias: 'empty' });
  app.synth();
  return join(outdir, 'stacks', 'prod');
}

const review = (...args: string[]) => byok.runHere(['review', ...args]);

test.each([
  ['cdktf', cdktf],
  ['cdktn', cdktn],
])(
  'a stack of %s is reviewed alone: what it declares, and what the policy says',
  async (_, framework) => {
    const dir = synthesized(framework);
    const { status, stdout } = await review('--synth', `prod=${dir}`, '--json', '-');
    expect(status).toBe(0);
    expect(stdout).not.toContain('hunter2');
    const { stacks, keys } = JSON.parse(stdout);
    expect(stacks).toEqual([
      { name: 'prod', status: 'declared', unchanged: 0, hooks: 0, modules: 0, judged: null },
    ]);
    expect(keys).toMatchObject([
      {
        name: 'byok_key_material.adopted',
        key_id: keyId,
        path: 'prod/adopted',
        pin: 'reference',
        fingerprint: null,
        expiration_after: '2035-01-31T00:00:00Z',
        source: null,
      },
      {
        name: 'empty',
        path: 'prod/empty',
        pin: null,
        effects: [{ reason: expect.stringMatching(/^no material is declared/) }],
      },
      {
        name: 'held',
        path: 'prod/raw',
        pin: 'none',
        source: { kind: 'material_command', name: null },
      },
      {
        name: 'orders',
        key_id: null,
        path: 'prod/shop/orders',
        effects: [
          {
            effect: 'declared',
            reason:
              'on_destroy of the material is "refuse", on_destroy of the key is "schedule_deletion"',
          },
        ],
        expiration_after: '90d after each import',
        pin: 'constant',
        fingerprint: pin,
        source: { kind: 'material_env', name: 'ORDERS_KEY' },
      },
    ]);
    const policy = ['--policy', file({ requirePin: true }), '--fail-on', 'policy,unpinned'];
    const text = await review('--synth', `prod=${join(dir, 'cdk.tf.json')}`, ...policy);
    expect(text.status).toBe(5);
    expect(text.stdout).toMatch(
      /^Keys: 4 are declared; 1 policy error\nNot planned: prod\. This is what/,
    );
    expect(text.stdout).toContain('\nPolicy: 1 error, 1 warning\nERROR    held ');
    expect(text.stdout).toContain('To import it you need the environment variable ORDERS_KEY.');
  },
);

test('the review of the base tells of a pin that is removed', async () => {
  const dir = synthesized(cdktf);
  const base = file(undefined);
  await review('--synth', dir, '--json', base);
  const stack = JSON.parse(readFileSync(join(dir, 'cdk.tf.json'), 'utf8'));
  for (const material of Object.values(stack.resource.byok_key_material)) {
    (material as { fingerprint?: string }).fingerprint = undefined;
  }
  const args = ['--synth', file(stack), '--base', base, '--fail-on', 'unpinned'];
  const { status, stdout } = await review(...args);
  expect(status).toBe(5);
  expect(stdout).toMatch(/^Keys: 2 are less protected, 2 are declared\n/);
  const named = await review('--synth', `other=${dir}`, '--base', base);
  expect([named.status, named.stdout]).toEqual([1, '']);
  expect(named.stderr).toMatch(
    /^byok: review ".*" is a review of "default", so that "other" cannot/,
  );
});

test('beside a plan it names the construct, and the plan is what is reviewed', async () => {
  const dir = synthesized(cdktf);
  const change = (name: string, id: string, after: object | null) => ({
    address: `byok_key_material.${name}`,
    mode: 'managed',
    type: 'byok_key_material',
    name,
    change: {
      actions: [after === null ? 'delete' : 'update'],
      before: { key_id: id, on_destroy: 'delete_material' },
      after,
      after_unknown: {},
    },
  });
  const kept = { key_id: keyId, on_destroy: 'retain' };
  const plan = file({
    format_version: '1.2',
    resource_changes: [
      change('adopted[0]', keyId, kept),
      change('gone', keyId.replace('0d', '1d'), null),
    ],
  });
  const { stdout } = await review('--plan', plan, '--synth', dir, '--json', '-');
  const { stacks, keys } = JSON.parse(stdout);
  expect(stacks).toMatchObject([{ status: 'planned' }]);
  expect(keys.map(({ path }: { path: string }) => path)).toEqual([null, 'prod/adopted']);
  const { stdout: text } = await review('--plan', plan, '--synth', dir);
  expect(text).not.toContain('Not planned');
  expect(text).toContain(' · prod/adopted\n');
});

const noStack = /^byok: ".*" is no synthesized stack in JSON; give the folder/;

test.each<[string, () => string, RegExp]>([
  ['a folder without a stack', () => folder, /--synth ".*cdk\.tf\.json" does not exist/],
  ['no folder', () => 'none', /--synth "none" does not exist/],
  ['no JSON', () => file(undefined), noStack],
  ['no object', () => file([]), noStack],
  ['a plan', () => file({ format_version: '1.2', resource_changes: [] }), noStack],
])('%s is one sentence', async (_name, path, message) => {
  const { status, stdout, stderr } = await review('--synth', path());
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('keys in Terraform modules are not seen, and the review says so instead of being silent', async () => {
  const outdir = scratchFolder();
  mkdirSync(join(outdir, 'stacks'), { recursive: true });
  const app = new cdktf.App({ outdir });
  const stack = new cdktf.TerraformStack(app, 'prod');
  for (const name of ['orders', 'cards']) {
    new cdktf.TerraformHclModule(stack, name, { source: 'registry.example/team/keys/byok' });
  }
  app.synth();
  const policy = file({ requirePin: true });
  const dir = join(outdir, 'stacks', 'prod');
  const { status, stdout, stderr } = await review('--synth', `prod=${dir}`, '--policy', policy);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Keys: none is declared outside Terraform modules');
  expect(stdout).toContain('Keys in 2 Terraform modules are missing here: only a plan shows them.');
  expect(stdout).toContain('keys in 2 modules not judged');
});

test.each(['destroy', 'outage', 'refused', 'drift'])(
  'without a plan, --fail-on %s is no green result but a sentence',
  async (failure) => {
    const dir = synthesized(cdktf);
    const run = await review('--synth', `prod=${dir}`, '--fail-on', failure);
    expect([run.status, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(
      new RegExp(`holds "${failure}", which only a plan tells, and "prod" was not planned; give`),
    );
  },
);
