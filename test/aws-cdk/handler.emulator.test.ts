import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { digestOf } from '../../lib/aws-cdk/handler/memory';
import { reserves } from '../../lib/aws-cdk/handler/time-budget';
import type { KeyProperties } from '../../lib/aws-cdk/key-properties';
import { send } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { findLeaks, needlesOf } from '../support/leak-scanner';
import { derOf, ecKey, encryptedPem, pkcs12, randomPassword } from '../support/private-keys';
import { type Answer, Lambda, metricsIn } from './lambda';

let lambda: Lambda;
const materials: Buffer[] = [];

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

function newMaterial(): Buffer {
  const material = randomBytes(32);
  materials.push(material);
  return material;
}

/** Of the public half, by Node alone. */
function fingerprintOfKey(pem: Buffer): string {
  const der = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

interface Created {
  readonly keyId: string;
  readonly material: Buffer;
  readonly properties: KeyProperties;
  readonly answer: Answer;
}

async function create(settings: Partial<KeyProperties> = {}): Promise<Created> {
  const material = newMaterial();
  const properties = lambda.properties(material, settings);
  const answer = await lambda.request('Create', properties);
  expect(answer).toMatchObject({ Status: 'SUCCESS' });
  return { keyId: answer.PhysicalResourceId, material, properties, answer };
}

function rememberedProof({ memory }: KeyProperties, keyId: string): unknown {
  return JSON.parse(lambda.aws.parameters.get(memory) ?? '{"keys":{}}').keys[keyId]?.proof;
}

/** Since the journal was cleared. */
function keysMade(): number {
  return lambda.kms.calls().filter(({ operation, status }) => operation === 'create-key' && status === 200).length;
}

describe('Create', () => {
  test('makes the key, imports the material, and answers as CloudFormation wants it', async () => {
    const expirationTime = inDays(30);
    const { keyId, material, properties, answer } = await create({ expirationTime, tags: { owner: 'payments' } });
    const fingerprint = fingerprintOf(material);
    expect(answer).toEqual({
      Status: 'SUCCESS',
      Reason: '',
      PhysicalResourceId: keyId,
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/stack/1',
      RequestId: expect.any(String),
      LogicalResourceId: 'Payments',
      Data: { KeyId: keyId, Fingerprint: fingerprint, ExpirationTime: expirationTime, MaterialStatus: 'present' },
    });
    expect(lambda.aws.answers.at(-1)).toMatchObject({ method: 'PUT', headers: { 'content-type': '' } });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_alias: properties.alias });
    expect(rememberedProof(properties, keyId)).toEqual({ fingerprint, proof: 'imported' });
    expect(metricsIn(lambda.log).at(-1)).toMatchObject({
      Key: 'stack/payments',
      DaysUntilExpiry: expect.closeTo(30, 1),
      NeedsAttention: 0,
    });
  });

  test('comes twice and makes one key, even when the answer to the first was lost', async () => {
    const requestId = randomUUID();
    const properties = lambda.properties(newMaterial());
    const first = await lambda.request('Create', properties, { requestId });
    const second = await lambda.request('Create', properties, { requestId });
    expect(second).toEqual(first);
    expect(keysMade()).toBe(1);
    expect(writesOf(lambda.kms).filter((operation) => operation === 'import-key-material')).toHaveLength(1);
  });

  test('comes again after one that ended right behind its import, and says that nothing is proven', async () => {
    const { keyId, properties } = await create();
    const begun = { version: 1, keys: { [keyId]: { alias: properties.alias, keySpec: 'AES_256', ours: false } } };
    lambda.aws.parameters.set(properties.memory, JSON.stringify(begun));
    const answer = await lambda.request('Create', properties);
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId, Data: { Fingerprint: 'unproven' } });
    expect(keysMade()).toBe(1);
  });

  test('takes up the empty key that an interrupted one left, though nothing is remembered of it', async () => {
    const material = newMaterial();
    const properties = lambda.properties(material);
    lambda.kms.injectFaults([{ operation: 'create-key', drop: 'after', times: 1 }]);
    const answer = await lambda.request('Create', properties);
    expect(answer).toMatchObject({ Status: 'SUCCESS', Reason: '' });
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
    expect(keysMade()).toBe(1);
  });

  test('fails when the alias belongs to a key with material, and says how to take that one', async () => {
    const { keyId, properties } = await create();
    const answer = await lambda.request('Create', { ...lambda.properties(newMaterial()), alias: properties.alias });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toContain(`choose another alias, or give keyId "${keyId}" instead of alias (ERR_KEY_UNSUITABLE)`);
  });

  test('that failed is deleted without a call, and the next one takes up its key', async () => {
    const material = newMaterial();
    const properties = lambda.properties(material, { fingerprint: fingerprintOf(newMaterial()) });
    const failed = await lambda.request('Create', properties);
    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(failed.Reason).toMatch(
      /^the material at hand has fingerprint sha256:\w+, but fingerprint is pinned to .* takes it up \(ERR_MATERIAL_DIFFERS\)$/,
    );
    const [begun] = Object.values(JSON.parse(lambda.aws.parameters.get(properties.memory) ?? '').keys);
    expect(begun).toEqual({ alias: properties.alias, keySpec: 'AES_256', made: true, ours: false });
    lambda.kms.clearCalls();
    const deleted = await lambda.request('Delete', properties, { physicalId: failed.PhysicalResourceId });
    expect(deleted).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'not-created' });
    expect(lambda.kms.calls()).toEqual([]);
    const again = await lambda.request('Create', { ...properties, fingerprint: fingerprintOf(material) });
    expect(again).toMatchObject({ Status: 'SUCCESS' });
    expect(await holdsMaterial(lambda.kms, again.PhysicalResourceId, material)).toBe(true);
    expect(keysMade()).toBe(0);
  });

  test('fills an existing key, which its removal leaves alone', async () => {
    const { keyId, properties } = await create({ onDestroy: 'delete_material', keyOnDestroy: 'retain' });
    await lambda.request('Delete', properties, { physicalId: keyId });
    const material = materials.at(-1) ?? Buffer.alloc(0);
    const existing = { ...lambda.properties(material), alias: undefined, keyId };
    expect(await lambda.request('Create', existing)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId });
    lambda.kms.clearCalls();
    expect(await lambda.request('Delete', existing, { physicalId: keyId })).toMatchObject({ Status: 'SUCCESS' });
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('of an existing key refuses to delete its material some day, which another construct may go on with', async () => {
    const { keyId, material } = await create();
    const existing = { ...lambda.properties(material), alias: undefined, keyId, onDestroy: 'delete_material' };
    const answer = await lambda.request('Create', existing);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toMatch(/^onDestroy is "delete_material" for a key that keyId names, .* \(ERR_ARGUMENT\)$/);
    expect(await lambda.request('Delete', existing, { physicalId: keyId })).toMatchObject({ Status: 'SUCCESS' });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('adopts what an existing key holds, and says that nothing is proven', async () => {
    const { keyId, material } = await create();
    const answer = await lambda.request('Create', { ...lambda.properties(material), alias: undefined, keyId });
    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Fingerprint: 'unproven', ExpirationTime: 'never' } });
    expect(writesOf(lambda.kms).filter((operation) => operation === 'import-key-material')).toHaveLength(1);
  });

  test.each([
    ['a field of a JSON secret', (material: Buffer) => JSON.stringify({ key: material.toString('hex') }), { jsonField: 'key' }, 'hex'],
    ['a binary secret', (material: Buffer) => material, {}, 'raw'],
  ])('reads the material from %s', async (_, spell, part, encoding) => {
    const material = newMaterial();
    const secret = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    lambda.aws.secrets.set(secret, spell(material));
    const answer = await lambda.request('Create', lambda.properties(material, { source: { secret, ...part }, encoding }));
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
  });

  test('imports a private key from an encrypted PEM beside its password, and from a PKCS#12 file', async () => {
    const [pem, password] = [ecKey(), randomPassword()];
    materials.push(derOf(pem));
    const secret = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    const spellings = [
      ['pem', encryptedPem(pem, password).content.toString('latin1')],
      ['pkcs12', pkcs12(pem, '').content],
    ] as const;
    for (const [encoding, content] of spellings) {
      const whole = typeof content !== 'string';
      lambda.aws.secrets.set(secret, whole ? content : JSON.stringify({ key: content, password }));
      const source = whole ? { secret } : { secret, jsonField: 'key', passwordField: 'password' };
      const answer = await lambda.request('Create', lambda.properties(pem, { keySpec: 'EC_P256', source, encoding }));
      expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Fingerprint: fingerprintOfKey(pem), ExpirationTime: 'never' } });
    }
  });

  test('reads the material from a SecureString', async () => {
    const material = newMaterial();
    const parameter = `/keys/${randomUUID()}`;
    lambda.aws.parameters.set(parameter, material.toString('base64'));
    const answer = await lambda.request('Create', lambda.properties(material, { source: { parameter } }));
    lambda.aws.parameters.delete(parameter);
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
  });
});

test('waits for a policy that was attached just now', async () => {
  const properties = lambda.properties(newMaterial());
  lambda.aws.denied.set(properties.memory, 1);
  expect(await lambda.request('Create', properties)).toMatchObject({ Status: 'SUCCESS' });
});

describe('Update', () => {
  test('of the expiry imports the same material again, in place', async () => {
    const { keyId, material, properties } = await create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    const expirationTime = inDays(60);
    const answer = await lambda.request('Update', { ...properties, expirationTime }, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId, Data: { ExpirationTime: expirationTime } });
    expect(writesOf(lambda.kms)).toEqual([
      'get-parameters-for-import',
      'delete-imported-key-material',
      'get-parameters-for-import',
      'import-key-material',
    ]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('with other material is refused with the key intact, and rolled back without a change', async () => {
    const { keyId, material, properties } = await create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    const other = lambda.properties(newMaterial());
    const updated = { ...properties, source: other.source, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toMatch(/but this key is bound for ever to .* or rotate by making a new key \(ERR_MATERIAL_DIFFERS\)$/);
    const sameExpiry = { ...properties, source: other.source };
    expect(await lambda.request('Update', sameExpiry, { physicalId: keyId, old: properties })).toMatchObject({ Status: 'FAILED' });
    const rolledBack = await lambda.request('Update', properties, { physicalId: keyId, old: updated });
    expect(rolledBack).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId, Data: { Fingerprint: fingerprintOf(material) } });
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('that was made is rolled back to the expiry before', async () => {
    const { keyId, material, properties } = await create({ expirationTime: inDays(30) });
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
    const { keyId, material, properties } = await create({ expirationTime: inDays(30) });
    lambda.aws.parameters.delete(properties.memory);
    lambda.kms.clearCalls();
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toContain('or set allowUnverifiedRenewal = true once you are certain (ERR_REFUSED)');
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('of what describes the key changes it in place, and takes away tags that are not declared any more', async () => {
    const { keyId, properties } = await create({ tags: { owner: 'payments' } });
    lambda.kms.clearCalls();
    const { tags: _, ...untagged } = properties;
    const updated = { ...untagged, description: 'cards' };
    expect(await lambda.request('Update', updated, { physicalId: keyId, old: properties })).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_description: 'cards' });
    const path = `/v1.0/${lambda.kms.projectId}/kms/${keyId}/tags`;
    const { text } = await send(lambda.kms, { method: 'GET', path, headers: { 'X-Auth-Token': lambda.kms.authToken } });
    expect(JSON.parse(text)).toMatchObject({ tags: [] });
  });

  test('of the alias makes another key, and CloudFormation then deletes the old one by its own properties', async () => {
    const { keyId, material, properties } = await create({ keyOnDestroy: 'schedule_deletion' });
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(answer.PhysicalResourceId).not.toBe(keyId);
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '4' });
    expect(await describeKey(lambda.kms, answer.PhysicalResourceId)).toMatchObject({ key_state: '2' });
    expect(rememberedProof(properties, keyId)).toBeUndefined();
    expect(rememberedProof(properties, answer.PhysicalResourceId)).toMatchObject({ proof: 'imported' });
  });

  test('of the alias is remembered beside many keys that were kept', async () => {
    const { keyId, properties } = await create();
    const memory = JSON.parse(lambda.aws.parameters.get(properties.memory) ?? '');
    const kept = Array.from({ length: 12 }, () => [randomUUID(), { ...memory.keys[keyId], alias: `kept-${randomUUID()}` }]);
    lambda.aws.parameters.set(properties.memory, JSON.stringify({ ...memory, keys: { ...memory.keys, ...Object.fromEntries(kept) } }));
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(rememberedProof(properties, answer.PhysicalResourceId)).toMatchObject({ proof: 'imported' });
  });

  test.each(['the new key', 'the old key'] as const)('that replaced is rolled back to the old key, with the id of %s', async (named) => {
    const { keyId, material, properties } = await create();
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const { PhysicalResourceId: newId } = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    const physicalId = named === 'the new key' ? newId : keyId;
    const answer = await lambda.request('Update', properties, { physicalId, old: updated });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId, Data: { Fingerprint: fingerprintOf(material) } });
    expect(await lambda.request('Delete', updated, { physicalId: newId })).toMatchObject({ Status: 'SUCCESS' });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
    expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '4' });
  });

  test('comes again hours later, and what was deployed since is not undone', async () => {
    const { keyId, properties } = await create({ expirationTime: inDays(30) });
    const [longer, longest] = [60, 90].map((days) => ({ ...properties, expirationTime: inDays(days) })) as [KeyProperties, KeyProperties];
    const requestId = randomUUID();
    const first = await lambda.request('Update', longer, { physicalId: keyId, old: properties, requestId });
    await lambda.request('Update', longest, { physicalId: keyId, old: longer });
    lambda.kms.clearCalls();
    const again = await lambda.request('Update', longer, { physicalId: keyId, old: properties, requestId, declared: false });
    expect(again).toEqual(first);
    expect(lambda.kms.calls()).toEqual([]);
    expect(await lambda.check(keyId, longest)).toMatchObject({ DaysUntilExpiry: expect.closeTo(90, 1), NeedsAttention: 0 });
  });

  test('of the alias that failed is rolled back on its own key, though the memory is lost', async () => {
    const { keyId, properties } = await create();
    lambda.aws.parameters.delete(properties.memory);
    const updated = { ...properties, alias: `key-${randomUUID()}`, fingerprint: fingerprintOf(newMaterial()) };
    expect(await lambda.request('Update', updated, { physicalId: keyId, old: properties })).toMatchObject({ Status: 'FAILED' });
    const answer = await lambda.request('Update', properties, { physicalId: keyId, old: updated });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId });
  });

  test('of the alias of a protected key is refused before a new key is made', async () => {
    const { keyId, properties } = await create({ onDestroy: 'refuse' });
    lambda.kms.clearCalls();
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toContain('set it to "retain" or "delete_material" and deploy that first (ERR_REFUSED)');
    expect(keysMade()).toBe(0);
  });

  test('of a key that is gone fails, and its rollback says what is there', async () => {
    const properties = lambda.properties(newMaterial());
    const keyId = '00000000-0000-4000-8000-000000000000';
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(answer.Reason).toMatch(/^key 0{8}-.* does not exist any more, .* \(ERR_KEY_NOT_FOUND\)$/);
    expect(keysMade()).toBe(0);
    const deployed = [{ request: randomUUID(), digest: digestOf(properties), keyId, answer: {} }];
    const remembered = { version: 1, deployed, keys: { [keyId]: { alias: properties.alias, keySpec: 'AES_256' } } };
    lambda.aws.parameters.set(properties.memory, JSON.stringify(remembered));
    const rolledBack = await lambda.request('Update', properties, { physicalId: keyId, old: updated });
    expect(rolledBack).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId, Data: { MaterialStatus: 'key_not_found' } });
    expect(metricsIn(lambda.log).at(-1)).toMatchObject({ NeedsAttention: 1 });
  });

  test('of the expiry of a disabled key is refused, since it would enable it', async () => {
    const { keyId, properties } = await create({ expirationTime: inDays(30) });
    lambda.kms.setKeyState(keyId, '3');
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    expect(answer.Reason).toMatch(/is disabled, .* would enable it; enable it, then deploy again \(ERR_REFUSED\)$/);
    expect(await lambda.request('Update', properties, { physicalId: keyId, old: updated })).toMatchObject({ Status: 'SUCCESS' });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '3' });
  });
});

describe('Delete', () => {
  test.each([
    ['retain', 'retain', '2'],
    ['delete_material', 'retain', '5'],
    ['retain', 'schedule_deletion', '4'],
    ['delete_material', 'schedule_deletion', '4'],
  ])('does to the material: %s, to the key: %s', async (onDestroy, keyOnDestroy, state) => {
    const { keyId, properties } = await create({ onDestroy, keyOnDestroy });
    expect(lambda.aws.parameters.has(properties.memory)).toBe(true);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
    });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: state });
    expect(lambda.aws.parameters.has(properties.memory)).toBe(false);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each(['made by somebody else', 'not remembered'])('keeps a key that was %s', async (how) => {
    const theirs = await create({ onDestroy: 'delete_material', keyOnDestroy: 'retain' });
    const { keyId } = theirs;
    let properties: KeyProperties = { ...theirs.properties, keyOnDestroy: 'schedule_deletion' };
    if (how === 'not remembered') {
      lambda.aws.parameters.delete(properties.memory);
      lambda.declare(properties);
    } else {
      await lambda.request('Delete', theirs.properties, { physicalId: keyId });
      properties = lambda.properties(theirs.material, { alias: properties.alias, keyOnDestroy: 'schedule_deletion' });
      expect(await lambda.request('Create', properties)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId });
    }
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({ Status: 'SUCCESS' });
    expect(await holdsMaterial(lambda.kms, keyId, theirs.material)).toBe(true);
    expect(lambda.log).toContain('the key is kept: it was there already when it was declared here, or nothing is remembered of it');
  });

  test('is refused while the material is protected', async () => {
    const { keyId, properties } = await create({ onDestroy: 'refuse' });
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: keyId,
    });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '2' });
  });

  test('of what CloudFormation named itself, for want of an answer, finds nothing to do', async () => {
    const properties = lambda.properties(newMaterial());
    const answer = await lambda.request('Delete', properties, { physicalId: '2030/01/31/[$LATEST]58419525637311' });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(lambda.kms.calls()).toEqual([]);
  });
});

describe('the look between deployments', () => {
  test('imports material again that somebody deleted, with the expiry that was deployed', async () => {
    const { keyId, material, properties } = await create({ expirationTime: inDays(30), allowInterruption: true });
    lambda.kms.deleteMaterial(keyId);
    expect(await lambda.check(keyId, properties)).toMatchObject({ DaysUntilExpiry: expect.closeTo(30, 1), NeedsAttention: 0 });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 0 });
    expect(writesOf(lambda.kms)).toEqual([]);
  });

  test('reports material that never expires without days', async () => {
    const { keyId, properties } = await create();
    const metrics = await lambda.check(keyId, properties);
    expect(metrics).toMatchObject({ Key: 'stack/payments', NeedsAttention: 0 });
    expect(metrics).not.toHaveProperty('DaysUntilExpiry');
    expect(metrics).toMatchObject({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [{ Namespace: 'cdktf-byok', Dimensions: [['Key']], Metrics: [{ Name: 'NeedsAttention', Unit: 'None' }] }],
      },
    });
  });

  test('renews a rolling expiry in its window', async () => {
    const { keyId, material, properties } = await create({ validFor: '1h', renewBefore: '3599s' });
    const before = (await describeKey(lambda.kms, keyId)).expiration_time;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 0 });
    const after = (await describeKey(lambda.kms, keyId)).expiration_time;
    expect(Number(after)).toBeGreaterThan(Number(before));
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('never deletes for an expiry that somebody else changed, and asks for attention', async () => {
    const { keyId, properties } = await create({ expirationTime: inDays(30) });
    // The memory of the deployment before, and a key that does not fit it.
    const before = lambda.aws.parameters.get(properties.memory) ?? '';
    await lambda.request('Update', { ...properties, expirationTime: inDays(60) }, { physicalId: keyId, old: properties });
    lambda.aws.parameters.set(properties.memory, before);
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(writesOf(lambda.kms)).toEqual([]);
  });

  test('does nothing with properties from before the latest deployment, and asks for attention', async () => {
    const { keyId, properties } = await create({ expirationTime: inDays(30) });
    await lambda.request('Update', { ...properties, expirationTime: inDays(60) }, { physicalId: keyId, old: properties });
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(lambda.kms.calls()).toEqual([]);
  });

  test('that comes late does not bring back what a removal took out', async () => {
    const { keyId, properties } = await create({ onDestroy: 'delete_material', keyOnDestroy: 'retain' });
    await lambda.request('Delete', properties, { physicalId: keyId });
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '5' });
  });

  test('after a replacement leaves it to the properties of the new key', async () => {
    const { keyId, properties } = await create();
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const { PhysicalResourceId: newId } = await lambda.request('Update', updated, { physicalId: keyId, old: properties });
    await lambda.request('Delete', properties, { physicalId: keyId });
    lambda.kms.deleteMaterial(newId);
    expect(await lambda.check(newId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '5' });
    expect(await lambda.check(newId, updated)).toMatchObject({ NeedsAttention: 0 });
    expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '2' });
  });

  test('asks for attention when the key is gone or cannot be looked after', async () => {
    const { keyId, properties } = await create();
    expect(await lambda.check('00000000-0000-4000-8000-000000000000', properties)).toMatchObject({ NeedsAttention: 1 });
    const { source } = properties;
    lambda.kms.deleteMaterial(keyId);
    lambda.aws.secrets.delete('secret' in source ? source.secret : '');
    const before = lambda.log.length;
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(lambda.log.slice(before)).toMatch(/the key material is not at hand: secret .* cannot be read: ResourceNotFoundException/);
  });
});

describe('CloudFormation is answered', () => {
  test('when the KMS is down: one sentence', async () => {
    const properties = lambda.properties(newMaterial(), { kmsEndpoint: 'http://127.0.0.1:9' });
    const answer = await lambda.request('Create', properties, { remainingMs: reserves.stop + 1_500 });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toMatch(/^[^\n]+ \(ERR_(?:KMS_UNREACHABLE|INTERRUPTED|TIMEOUT)\)$/);
  });

  test('before the time of the function is over, with the key intact', async () => {
    const { keyId, material, properties } = await create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    lambda.kms.injectFaults([{ operation: 'get-parameters-for-import', delayMs: 5_000 }]);
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, { physicalId: keyId, old: properties, remainingMs: reserves.stop + 1_000 });
    lambda.kms.clearFaults();
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(writesOf(lambda.kms)).not.toContain('delete-imported-key-material');
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test.each([
    [
      'no login',
      '{"access_key":"AK"}',
      /^the secret "arn:.*" with the login to the KMS holds no complete login; allowed is a JSON object with/,
    ],
    ['something that is no JSON', 'hunter2hunter2', /holds no complete login/],
    ['two logins', '{"auth_token":"t","access_key":"AK","secret_key":"SK"}', /holds more than one login/],
  ])('when its secret holds %s, without what it holds', async (_, content, reason) => {
    const credentials = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    lambda.aws.secrets.set(credentials, content);
    const answer = await lambda.request('Create', lambda.properties(newMaterial(), { credentials }));
    expect(answer.Reason).toMatch(reason);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  test('when the properties are a mess', async () => {
    const properties = lambda.properties(newMaterial());
    const answer = await lambda.request('Create', { ...properties, source: undefined } as unknown as KeyProperties);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toContain('a defect of the handler (TypeError): the log of the function says where (ERR_INTERNAL)');
  });

  test('again when the first answer was not taken', async () => {
    lambda.aws.refusals.push(503);
    const before = lambda.aws.answers.length;
    const properties = lambda.properties(newMaterial());
    await lambda.invoke(lambda.event('Delete', properties, { physicalId: 'not-created' }));
    expect(lambda.aws.answers.slice(before).map(({ body }) => JSON.parse(body).Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  test('or Lambda is told, without the URL, and tries again', async () => {
    lambda.aws.refusals.push(403, 403, 403);
    const event = lambda.event('Delete', lambda.properties(newMaterial()), { physicalId: 'not-created' });
    await expect(lambda.invoke(event)).rejects.toThrow(/^CloudFormation could not be told: status 403$/);
  });
});

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  const secrets = [...materials, lambda.login, lambda.kms.secretKey, lambda.responseUrl.split('=')[1] ?? ''];
  const needles = secrets.flatMap((secret, index) => needlesOf(`secret ${index}`, secret));
  expect(findLeaks(lambda.places(), needles)).toEqual([]);
});
