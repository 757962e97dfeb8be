import { randomUUID } from 'node:crypto';
import { digestOf } from '../../lib/aws-cdk/handler/memory';
import type { KeyProperties } from '../../lib/aws-cdk/key-properties';
import { send } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { inDays, Lambda, metricsIn } from './lambda';

let lambda: Lambda;

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

describe('Update', () => {
  test('of the expiry imports the same material again, in place', async () => {
    const { keyId, material, properties } = await lambda.create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    const expirationTime = inDays(60);
    const answer = await lambda.request(
      'Update',
      { ...properties, expirationTime },
      { physicalId: keyId, old: properties },
    );
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
      Data: { ExpirationTime: expirationTime },
    });
    expect(writesOf(lambda.kms)).toEqual([
      'get-parameters-for-import',
      'import-key-material',
      'delete-imported-key-material',
      'get-parameters-for-import',
      'import-key-material',
    ]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('with other material is refused with the key intact, and rolled back without a change', async () => {
    const { keyId, material, properties } = await lambda.create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    const other = lambda.properties(lambda.newMaterial());
    const updated = { ...properties, source: other.source, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toMatch(
      /but this key is bound for ever to .* or make a new key to rotate \(ERR_MATERIAL_DIFFERS\)$/,
    );
    const sameExpiry = { ...properties, source: other.source };
    expect(
      await lambda.request('Update', sameExpiry, { physicalId: keyId, old: properties }),
    ).toMatchObject({ Status: 'FAILED' });
    const rolledBack = await lambda.request('Update', properties, {
      physicalId: keyId,
      old: updated,
    });
    expect(rolledBack).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
      Data: { Fingerprint: fingerprintOf(material) },
    });
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('that was made is rolled back to the expiry before', async () => {
    const { keyId, material, properties } = await lambda.create({ expirationTime: inDays(30) });
    const updated = { ...properties, expirationTime: inDays(60) };
    await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    const answer = await lambda.request('Update', properties, { physicalId: keyId, old: updated });
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      Data: { ExpirationTime: properties.expirationTime, Fingerprint: fingerprintOf(material) },
    });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('that lost the proof changes no expiry, and says what would allow it', async () => {
    const { keyId, material, properties } = await lambda.create({ expirationTime: inDays(30) });
    lambda.aws.parameters.delete(properties.memory);
    lambda.kms.clearCalls();
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toContain(
      'or set allowUnverifiedRenewal = true once you are certain that it is the same (ERR_REFUSED)',
    );
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('of what describes the key changes it in place, and takes away tags that are not declared any more', async () => {
    const { keyId, properties } = await lambda.create({ tags: { owner: 'payments' } });
    lambda.kms.clearCalls();
    const { tags: _, ...untagged } = properties;
    const updated = { ...untagged, description: 'cards' };
    expect(
      await lambda.request('Update', updated, { physicalId: keyId, old: properties }),
    ).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_description: 'cards' });
    const path = `/v1.0/${lambda.kms.projectId}/kms/${keyId}/tags`;
    const { text } = await send(lambda.kms, {
      method: 'GET',
      path,
      headers: { 'X-Auth-Token': lambda.kms.authToken },
    });
    expect(JSON.parse(text)).toMatchObject({ tags: [] });
  });

  test('of the alias makes another key, and CloudFormation then deletes the old one by its own properties', async () => {
    const { keyId, material, properties } = await lambda.create({
      keyOnDestroy: 'schedule_deletion',
    });
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(answer.PhysicalResourceId).not.toBe(keyId);
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '4' });
    expect(await describeKey(lambda.kms, answer.PhysicalResourceId)).toMatchObject({
      key_state: '2',
    });
    expect(lambda.rememberedProof(properties, keyId)).toBeUndefined();
    expect(lambda.rememberedProof(properties, answer.PhysicalResourceId)).toMatchObject({
      proof: 'imported',
    });
  });

  test('of the alias is remembered beside many keys that were kept', async () => {
    const { keyId, properties } = await lambda.create();
    const memory = JSON.parse(lambda.aws.parameters.get(properties.memory) ?? '');
    const kept = Array.from({ length: 12 }, () => [
      randomUUID(),
      { ...memory.keys[keyId], alias: `kept-${randomUUID()}` },
    ]);
    lambda.aws.parameters.set(
      properties.memory,
      JSON.stringify({ ...memory, keys: { ...memory.keys, ...Object.fromEntries(kept) } }),
    );
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(lambda.rememberedProof(properties, answer.PhysicalResourceId)).toMatchObject({
      proof: 'imported',
    });
  });

  test.each(['the new key', 'the old key'] as const)(
    'that replaced is rolled back to the old key, with the id of %s',
    async (named) => {
      const { keyId, material, properties } = await lambda.create();
      const updated = { ...properties, alias: `key-${randomUUID()}` };
      const { PhysicalResourceId: newId } = await lambda.request('Update', updated, {
        physicalId: keyId,
        old: properties,
      });
      const physicalId = named === 'the new key' ? newId : keyId;
      const answer = await lambda.request('Update', properties, { physicalId, old: updated });
      expect(answer).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: keyId,
        Data: { Fingerprint: fingerprintOf(material) },
      });
      expect(await lambda.request('Delete', updated, { physicalId: newId })).toMatchObject({
        Status: 'SUCCESS',
      });
      expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
      expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '4' });
    },
  );

  test('comes again hours later, and what was deployed since is not undone', async () => {
    const { keyId, properties } = await lambda.create({ expirationTime: inDays(30) });
    const [longer, longest] = [60, 90].map((days) => ({
      ...properties,
      expirationTime: inDays(days),
    })) as [KeyProperties, KeyProperties];
    const requestId = randomUUID();
    const first = await lambda.request('Update', longer, {
      physicalId: keyId,
      old: properties,
      requestId,
    });
    await lambda.request('Update', longest, { physicalId: keyId, old: longer });
    lambda.kms.clearCalls();
    const again = await lambda.request('Update', longer, {
      physicalId: keyId,
      old: properties,
      requestId,
      declared: false,
    });
    expect(again).toEqual(first);
    expect(lambda.kms.calls()).toEqual([]);
    expect(await lambda.check(keyId, longest)).toMatchObject({
      DaysUntilExpiry: expect.closeTo(90, 1),
      NeedsAttention: 0,
    });
  });

  test('of the alias that failed is rolled back on its own key, though the memory is lost', async () => {
    const { keyId, properties } = await lambda.create();
    lambda.aws.parameters.delete(properties.memory);
    const updated = {
      ...properties,
      alias: `key-${randomUUID()}`,
      fingerprint: fingerprintOf(lambda.newMaterial()),
    };
    expect(
      await lambda.request('Update', updated, { physicalId: keyId, old: properties }),
    ).toMatchObject({ Status: 'FAILED' });
    const answer = await lambda.request('Update', properties, { physicalId: keyId, old: updated });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId });
  });

  test('of the alias of a protected key is refused before a new key is made', async () => {
    const { keyId, properties } = await lambda.create({ onDestroy: 'refuse' });
    lambda.kms.clearCalls();
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toContain(
      'set it to "retain" or "delete_material" and deploy that first (ERR_REFUSED)',
    );
    expect(lambda.keysMade()).toBe(0);
  });

  test('of a key that is gone fails, and its rollback says what is there', async () => {
    const properties = lambda.properties(lambda.newMaterial());
    const keyId = '00000000-0000-4000-8000-000000000000';
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toMatch(/^key 0{8}-.* no longer exists, .* \(ERR_KEY_NOT_FOUND\)$/);
    expect(lambda.keysMade()).toBe(0);
    const deployed = [{ request: randomUUID(), digest: digestOf(properties), keyId, answer: {} }];
    const remembered = {
      version: 1,
      deployed,
      keys: { [keyId]: { alias: properties.alias, keySpec: 'AES_256' } },
    };
    lambda.aws.parameters.set(properties.memory, JSON.stringify(remembered));
    const rolledBack = await lambda.request('Update', properties, {
      physicalId: keyId,
      old: updated,
    });
    expect(rolledBack).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
      Data: { MaterialStatus: 'key_not_found' },
    });
    expect(metricsIn(lambda.log).at(-1)).toMatchObject({ NeedsAttention: 1 });
  });

  test('of the expiry of a disabled key is refused, since it would enable it', async () => {
    const { keyId, properties } = await lambda.create({ expirationTime: inDays(30) });
    lambda.kms.setKeyState(keyId, '3');
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer.Reason).toMatch(
      /is disabled, .* would enable it; enable the key, then deploy again \(ERR_REFUSED\)$/,
    );
    expect(
      await lambda.request('Update', properties, { physicalId: keyId, old: updated }),
    ).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '3' });
  });
});

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  expect(lambda.leaks()).toEqual([]);
});
