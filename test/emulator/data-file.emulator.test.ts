/**
 * The data file: refused unless asked for twice, closed to other users, and enough to go on after a
 * restart.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../support/emulator';
import { createKeyOf, generatePrivateKey, importPrivateKey } from './asymmetric-key';
import { createKey, describe as describeKey, importMaterial } from './external-key';
import { call, ok, send, verdict } from './plain-http';

let folder: string;
let dataFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'byok-emulator-test-'));
  dataFile = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('is refused without demoMaterialOnDisk, and nothing is written', async () => {
  for (const demoMaterialOnDisk of [undefined, false]) {
    const refused = startEmulator({
      dataFile,
      ...(demoMaterialOnDisk === undefined ? {} : { demoMaterialOnDisk }),
    });
    await expect(refused).rejects.toThrow(/demoMaterialOnDisk/);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_ARGUMENT', attribute: 'dataFile' });
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('keeps keys, material, binding and clock over a restart, in a file of mode 0600', async () => {
  const material = randomBytes(32);
  const first = await startEmulator({ dataFile, demoMaterialOnDisk: true });
  first.advanceClock(7200);
  const [keyId, emptied] = [await createKey(first), await createKey(first)];
  await importMaterial(first, keyId, material, { expirationTime: 2999886177 });
  await importMaterial(first, emptied, material);
  await ok(first, 'delete-imported-key-material', { key_id: emptied });
  const { cipher_text } = await ok<{ cipher_text: string }>(first, 'encrypt-data', {
    key_id: keyId,
    plain_text: 'kept',
  });
  const before = await describeKey(first, keyId);
  await first.close();
  expect(statSync(dataFile).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['keys.json']);

  const second = await startEmulator({ dataFile, demoMaterialOnDisk: true });
  try {
    expect(second.now().getTime()).toBeGreaterThan(Date.now() + 7_000_000);
    expect(await describeKey(second, keyId)).toEqual(before);
    expect(await ok(second, 'decrypt-data', { cipher_text })).toMatchObject({ plain_text: 'kept' });
    expect(verdict(await importMaterial(second, emptied, randomBytes(32)))).toBe('400 KMS.2606');
    expect(verdict(await importMaterial(second, emptied, material))).toBe('200');
  } finally {
    await second.close();
  }
});

test('is refused when other users may read it', async () => {
  writeFileSync(dataFile, '{"version":1,"offsetMs":0,"keys":[]}');
  chmodSync(dataFile, 0o644);
  await expect(startEmulator({ dataFile, demoMaterialOnDisk: true })).rejects.toThrow(/chmod 600/);
});

test.each(['not JSON', '{"version":99}', '{}'])('is refused when it holds %s', async (content) => {
  writeFileSync(dataFile, content, { mode: 0o600 });
  await expect(startEmulator({ dataFile, demoMaterialOnDisk: true })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
  });
});

test('does not appear when nothing asks for it', async () => {
  const emulator = await startEmulator();
  await call(emulator, 'create-key', { key_alias: 'a' });
  await emulator.close();
  expect(existsSync(dataFile)).toBe(false);
});

test('keeps private keys, tags and enterprise projects, and reads files of versions that knew none', async () => {
  const enterprise_project_id = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
  const first = await startEmulator({ dataFile, demoMaterialOnDisk: true });
  const keyId = await createKeyOf(first, 'EC_P256', { enterprise_project_id });
  expect(verdict(await importPrivateKey(first, keyId, generatePrivateKey('EC_P256')))).toBe('200');
  const tag = { key: 'team', value: 'payments' };
  expect((await call(first, `${keyId}/tags`, { tag })).status).toBe(204);
  const publicKey = await ok(first, 'get-publickey', { key_id: keyId });
  await first.close();

  const second = await startEmulator({ dataFile, demoMaterialOnDisk: true });
  const headers = { 'X-Auth-Token': second.authToken };
  const tags = await send(second, {
    method: 'GET',
    path: `/v1.0/${second.projectId}/kms/${keyId}/tags`,
    headers,
  });
  expect(JSON.parse(tags.text)).toMatchObject({ tags: [tag] });
  expect(await ok(second, 'get-publickey', { key_id: keyId })).toEqual(publicKey);
  expect(await describeKey(second, keyId)).toMatchObject({
    sys_enterprise_project_id: enterprise_project_id,
  });
  await second.close();

  const content = JSON.parse(readFileSync(dataFile, 'utf8'));
  for (const key of content.keys) {
    for (const name of ['tags', 'enterpriseProjectId', 'readsToActivation']) {
      delete key[name];
    }
  }
  writeFileSync(dataFile, JSON.stringify(content));
  const third = await startEmulator({ dataFile, demoMaterialOnDisk: true });
  expect(await describeKey(third, keyId)).toMatchObject({
    sys_enterprise_project_id: '0',
    key_state: '2',
  });
  expect((await call(third, `${keyId}/tags`, { tag })).status).toBe(204);
  await third.close();
});
