/**
 * Hooks under the real terraform: the null provider's schema served by a stand-in, and the same
 * provisioners on the built-in `terraform_data`.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Expiration, KeyMaterialEngine, KeyMaterialSource } from 'cdktf-byok';
import type { Emulator } from '../../lib/emulator';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { HookBench, type HookedApp } from './hooked-app';

let bench: HookBench;
let emulator: Emulator;

beforeAll(async () => {
  bench = await HookBench.start();
  emulator = bench.emulator;
});

afterAll(() => bench.close());

const expiryOf = async (app: HookedApp) =>
  new Date(Number((await describeKey(emulator, app.keyId)).expiration_time)).toISOString();

test('the first apply imports, and the record of it holds a fingerprint and nothing else', async () => {
  const app = await bench.newApp();
  expect(await app.driftToken()).toMatchObject({
    token: '0',
    remarks: expect.stringContaining('there are no hooks in state'),
  });
  const { text } = await app.deploy((await app.driftToken()).token);
  expect(text).toContain('1 added, 0 changed, 0 destroyed');
  expect(await app.holds()).toBe(true);
  expect((await app.terraform('output', '-raw', 'key_id')).output).toBe(app.keyId);
  const records = join(app.folder, 'byok-records');
  expect(readdirSync(records)).toEqual([`${app.keyId}.json`]);
  const record = join(records, `${app.keyId}.json`);
  expect(statSync(record).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({
    version: 1,
    key_id: app.keyId,
    fingerprint: fingerprintOf(app.material),
    proof: 'imported',
  });
  expect(await app.driftToken()).toEqual({ token: '0', remarks: '' });
  expect(app.leaks()).toEqual([]);
});

test('deleted material gives another token, which heals; the token then stays, and nothing runs again', async () => {
  const app = await bench.newApp();
  await app.deploy((await app.driftToken()).token, { onDestroy: 'delete_material' });
  emulator.deleteMaterial(app.keyId);
  const drift = await app.driftToken();
  expect(drift).toEqual({
    token: '1',
    remarks: expect.stringContaining('the key holds no material'),
  });
  expect(await app.driftToken()).toEqual(drift);
  emulator.clearCalls();
  const { text } = await app.deploy(drift.token, { onDestroy: 'delete_material' });
  expect(text).toContain('~ "drift_token" = "0" -> "1"');
  expect(text).toContain('1 added, 0 changed, 1 destroyed');
  expect(writesOf(emulator)).toEqual(['get-parameters-for-import', 'import-key-material']);
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '1', remarks: '' });
  emulator.deleteMaterial(app.keyId);
  expect((await app.driftToken()).token).toBe('2');
  expect(app.leaks()).toEqual([]);
});

test('another expiry is a renewal: the way back is verified before anything is deleted', async () => {
  const app = await bench.newApp();
  await app.deploy('0', {
    expiration: Expiration.at('2035-01-31T00:00:00Z'),
    onDestroy: 'delete_material',
  });
  emulator.clearCalls();
  const { text } = await app.deploy('0', {
    expiration: Expiration.at('2036-01-31T00:00:00Z'),
    onDestroy: 'delete_material',
  });
  expect(text).toContain(
    '--expiration-time changes from 2035-01-31T00:00:00Z to 2036-01-31T00:00:00Z',
  );
  expect(writesOf(emulator)).toEqual([
    'get-parameters-for-import',
    'import-key-material',
    'delete-imported-key-material',
    'get-parameters-for-import',
    'import-key-material',
  ]);
  expect(await expiryOf(app)).toBe('2036-01-31T00:00:00.000Z');
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '0', remarks: '' });
});

test('refuses another expiry without a record of the import, deletes nothing, and does it once the record is back', async () => {
  const app = await bench.newApp();
  const engine = (recordFolder: string) =>
    KeyMaterialEngine.hooks({
      kmsEndpoint: emulator.url,
      projectId: emulator.projectId,
      recordFolder,
    });
  await app.deploy(undefined, { engine: engine('records') });
  emulator.clearCalls();
  const expiration = Expiration.at('2035-01-31T00:00:00Z');
  const refused = await app.apply(undefined, { engine: engine('elsewhere'), expiration });
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('nothing proves that the given material is what the key holds');
  expect(writesOf(emulator)).toEqual([]);
  await app.deploy(undefined, { engine: engine('records'), expiration });
  expect(await expiryOf(app)).toBe('2035-01-31T00:00:00.000Z');
  expect(await app.holds()).toBe(true);
});

test('refuses other material, although it is pinned, with the key as it was; the right pin mends it', async () => {
  const app = await bench.newApp();
  const { material } = app;
  await app.deploy('0', { fingerprint: fingerprintOf(material) });
  app.giveMaterial(randomBytes(32));
  emulator.clearCalls();
  const refused = await app.apply('0', { fingerprint: fingerprintOf(app.material) });
  expect(refused.code).toBe(1);
  expect(refused.text).toContain(`this key is bound for ever to ${fingerprintOf(material)}`);
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds(material)).toBe(true);
  app.giveMaterial(material);
  const { text } = await app.deploy('0', { fingerprint: fingerprintOf(material) });
  expect(text).toContain('nothing to do');
  expect(app.leaks()).toEqual([]);
});

test('a rolling expiry is renewed by the token inside its window, and by nothing outside', async () => {
  const app = await bench.newApp();
  const rolling = { expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) };
  await app.deploy('0', rolling);
  const first = await expiryOf(app);
  expect((await app.driftToken()).token).toBe('0');
  emulator.expireNow(app.keyId, { purge: false });
  const { token, remarks } = await app.driftToken();
  expect([token, remarks]).toEqual(['1', expect.stringContaining('to be valid for 90d')]);
  await app.deploy(token, rolling);
  expect(Date.parse(await expiryOf(app))).toBeGreaterThanOrEqual(Date.parse(first));
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '1', remarks: '' });
});

test('destroy deletes the material when that is wished, and keeps the key', async () => {
  const app = await bench.newApp();
  await app.deploy(undefined, { onDestroy: 'delete_material' });
  await app.destroy();
  expect(await app.keyState()).toBe('5');
});

test('a key id that the plan does not know yet, and that turns out to be the same, costs the key nothing', async () => {
  const app = await bench.newApp();
  const reference = `\${split("|", join("|", ["${app.keyId}", terraform_data.world.output]))[0]}`;
  const props = { key: { keyId: reference }, onDestroy: 'delete_material' } as const;
  app.changeWorld('before');
  await app.deploy('0', props);
  emulator.clearCalls();
  app.changeWorld('after');
  const { text } = await app.deploy('0', props);
  expect(text).toContain(`"key_id" = "${app.keyId}" -> (known after apply)`);
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds()).toBe(true);
  await app.destroy();
  expect(await app.keyState()).toBe('5');
});

test('another key is filled, or not, with the old one as it was', async () => {
  const app = await bench.newApp();
  await app.deploy('0', { onDestroy: 'delete_material' });
  const nowhere = { keyId: '00000000-0000-0000-0000-000000000000' };
  expect((await app.apply('0', { key: nowhere, onDestroy: 'delete_material' })).text).toContain(
    'does not know key',
  );
  expect(await app.holds()).toBe(true);
  const other = await bench.createKey();
  const { text } = await app.deploy('0', { key: { keyId: other }, onDestroy: 'delete_material' });
  expect(text).toContain('material imported');
  expect([await app.holds(), await holdsMaterial(emulator, other, app.material)]).toEqual([
    true,
    true,
  ]);
  await app.destroy();
  expect([await app.keyState(), (await describeKey(emulator, other)).key_state]).toEqual([
    '2',
    '5',
  ]);
});

test('giving up "delete_material" deletes nothing, and destroy then leaves the material', async () => {
  const app = await bench.newApp();
  await app.deploy(undefined, { onDestroy: 'delete_material' });
  emulator.clearCalls();
  await app.deploy(undefined, { onDestroy: 'retain' });
  await app.destroy();
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds()).toBe(true);
});

test('fails a deploy whose secret is missing only when an import is due', async () => {
  const app = await bench.newApp();
  const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
  const failed = await app.apply('0', { source });
  expect(failed.code).toBe(1);
  expect(failed.text).toContain(
    'the environment variable "PAYMENTS_KEY" that holds the key material is not set',
  );
  await app.deploy('0');
  await app.deploy('1', { source });
});

test('the same provisioners live on the built-in terraform_data: import, healing, refusal, destroy', async () => {
  const app = await bench.newApp('terraform_data');
  const props = { onDestroy: 'delete_material', fingerprint: fingerprintOf(app.material) } as const;
  await app.deploy('0', props);
  expect(await app.holds()).toBe(true);
  emulator.deleteMaterial(app.keyId);
  await app.deploy('1', props);
  expect(await app.holds()).toBe(true);
  const other = `sha256:${'0'.repeat(64)}`;
  expect((await app.apply('1', { ...props, fingerprint: other })).text).toContain(
    `fingerprint is pinned to ${other}`,
  );
  expect(await app.holds()).toBe(true);
  await app.destroy();
  expect(await app.keyState()).toBe('5');
  expect(app.leaks()).toEqual([]);
});

test('terraform takes the hooks written as HCL', async () => {
  const app = await bench.newApp();
  process.env.SYNTH_HCL_OUTPUT = 'true';
  try {
    const source = KeyMaterialSource.fromCommand([
      'cat',
      `${app.folder}/payments key.b64`,
      '/dev/null',
    ]);
    await app.deploy('0', { source, onDestroy: 'delete_material' });
    expect(await app.holds()).toBe(true);
    await app.destroy();
    expect(await app.keyState()).toBe('5');
  } finally {
    delete process.env.SYNTH_HCL_OUTPUT;
  }
});

test('byok is taken from PATH where none is among the packages of the app', async () => {
  const app = await bench.newApp();
  rmSync(join(app.folder, 'node_modules'), { recursive: true });
  bench.installByok(join(app.folder, 'bin'));
  const { PATH } = process.env;
  process.env.PATH = `${join(app.folder, 'bin')}:${PATH}`;
  try {
    await app.deploy('0');
    expect(await app.holds()).toBe(true);
  } finally {
    process.env.PATH = PATH;
  }
});
