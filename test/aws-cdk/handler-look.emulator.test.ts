import { randomUUID } from 'node:crypto';
import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { inDays, Lambda, metricsIn } from './lambda';

let lambda: Lambda;

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

describe('the look between deployments', () => {
  test('imports material again that somebody deleted, with the expiry that was deployed', async () => {
    const { keyId, material, properties } = await lambda.create({
      expirationTime: inDays(30),
      allowInterruption: true,
    });
    lambda.kms.deleteMaterial(keyId);
    expect(await lambda.check(keyId, properties)).toMatchObject({
      DaysUntilExpiry: expect.closeTo(30, 1),
      NeedsAttention: 0,
    });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 0 });
    expect(writesOf(lambda.kms)).toEqual([]);
  });

  test('reports material that never expires without days', async () => {
    const { keyId, properties } = await lambda.create();
    const metrics = await lambda.check(keyId, properties);
    expect(metrics).toMatchObject({ Key: 'stack/payments', NeedsAttention: 0, Verdict: 'fine' });
    expect(metrics).not.toHaveProperty('DaysUntilExpiry');
    expect(metrics).toMatchObject({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'cdktf-byok',
            Dimensions: [['Key']],
            Metrics: [{ Name: 'NeedsAttention', Unit: 'None' }],
          },
        ],
      },
    });
  });

  test('gives the verdict of byok check, and leaves an expiry to its alarm', async () => {
    const { keyId, properties } = await lambda.create({
      expirationTime: inDays(20),
      warnBefore: '30d',
    });
    expect(await lambda.check(keyId, properties)).toMatchObject({
      NeedsAttention: 0,
      Verdict: 'expiring',
      Reason: expect.stringMatching(/^The key material expires soon: The KMS deletes it after /),
    });
    await ok(lambda.kms, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    expect(await lambda.check(keyId, properties)).toMatchObject({
      NeedsAttention: 1,
      Verdict: 'missing',
      Reason: expect.stringMatching(/^The key is scheduled for deletion: /),
    });
  });

  test('renews a rolling expiry in its window', async () => {
    const { keyId, material, properties } = await lambda.create({
      validFor: '2h',
      renewBefore: '1h',
    });
    const before = (await describeKey(lambda.kms, keyId)).expiration_time;
    lambda.advanceClock(5400);
    try {
      expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 0 });
    } finally {
      lambda.advanceClock(-5400);
    }
    const after = (await describeKey(lambda.kms, keyId)).expiration_time;
    expect(Number(after)).toBeGreaterThan(Number(before));
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('never deletes for an expiry that somebody else changed, and asks for attention', async () => {
    const { keyId, properties } = await lambda.create({ expirationTime: inDays(30) });
    // The memory of the deployment before, and a key that does not fit it.
    const before = lambda.aws.parameters.get(properties.memory) ?? '';
    await lambda.request(
      'Update',
      { ...properties, expirationTime: inDays(60) },
      { physicalId: keyId, old: properties },
    );
    lambda.aws.parameters.set(properties.memory, before);
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(writesOf(lambda.kms)).toEqual([]);
  });

  test('does nothing with properties from before the latest deployment, and asks for attention', async () => {
    const { keyId, properties } = await lambda.create({ expirationTime: inDays(30) });
    await lambda.request(
      'Update',
      { ...properties, expirationTime: inDays(60) },
      { physicalId: keyId, old: properties },
    );
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(lambda.kms.calls()).toEqual([]);
  });

  test('that comes late does not bring back what a removal took out', async () => {
    const { keyId, properties } = await lambda.create({
      onDestroy: 'delete_material',
      keyOnDestroy: 'retain',
    });
    await lambda.request('Delete', properties, { physicalId: keyId });
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '5' });
  });

  test('after a replacement leaves it to the properties of the new key', async () => {
    const { keyId, properties } = await lambda.create();
    const updated = { ...properties, alias: `key-${randomUUID()}` };
    const { PhysicalResourceId: newId } = await lambda.request('Update', updated, {
      physicalId: keyId,
      old: properties,
    });
    await lambda.request('Delete', properties, { physicalId: keyId });
    lambda.kms.deleteMaterial(newId);
    expect(await lambda.check(newId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '5' });
    expect(await lambda.check(newId, updated)).toMatchObject({ NeedsAttention: 0 });
    expect(await describeKey(lambda.kms, newId)).toMatchObject({ key_state: '2' });
  });

  test('asks for attention when the key is gone or cannot be looked after', async () => {
    const { keyId, properties } = await lambda.create();
    expect(await lambda.check('00000000-0000-4000-8000-000000000000', properties)).toMatchObject({
      NeedsAttention: 1,
    });
    const { source } = properties;
    lambda.kms.deleteMaterial(keyId);
    lambda.aws.secrets.delete('secret' in source ? source.secret : '');
    const before = lambda.log.length;
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(lambda.log.slice(before)).toMatch(
      /the key material is not available: secret .* cannot be read: ResourceNotFoundException/,
    );
  });
});

describe('an event that somebody made up', () => {
  test('writes the metric of the key that is declared, whichever it names', async () => {
    const { keyId, properties } = await lambda.create();
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, { ...properties, metricKey: 'stack/cards' })).toMatchObject({
      Key: 'stack/payments',
      NeedsAttention: 1,
    });
    expect(lambda.kms.calls()).toEqual([]);
  });

  test.each([
    ['a memory outside of the stack', { memory: '/other/stack/memory' }],
    ['a memory that nobody has', { memory: '/cdktf-byok/stack/none' }],
  ])('writes no metric by %s', async (_, change) => {
    const { keyId, properties } = await lambda.create();
    lambda.kms.clearCalls();
    const before = lambda.log.length;
    await lambda.invoke({ checkKey: keyId, properties: { ...properties, ...change } });
    await until(() => /ERR_REFUSED|neither declares nor deployed/.test(lambda.log.slice(before)));
    expect(metricsIn(lambda.log.slice(before))).toEqual([]);
    expect(lambda.kms.calls()).toEqual([]);
  });

  test.each(['constructor', '__proto__', 'toString'])('finds no key %s', async (keyId) => {
    const { properties } = await lambda.create();
    lambda.kms.clearCalls();
    expect(await lambda.check(keyId, properties)).toMatchObject({ NeedsAttention: 1 });
    expect(lambda.kms.calls()).toEqual([]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  expect(lambda.leaks()).toEqual([]);
});
