import { randomBytes, randomUUID } from 'node:crypto';
import { declarationOf, type KeyProperties } from '../../lib/aws-cdk/key-properties';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { Lambda } from './lambda';

let lambda: Lambda;
const material = randomBytes(32);
let properties: KeyProperties;
let keyId: string;

beforeAll(async () => {
  lambda = await Lambda.start();
  properties = lambda.properties(material);
  keyId = (await lambda.request('Create', properties)).PhysicalResourceId;
});

beforeEach(() => {
  lambda.kms.clearCalls();
  lambda.aws.reads.length = 0;
});

afterAll(() => lambda.close());

/**
 * What an event may not choose: each would send the material or the login elsewhere, or take
 * another one.
 */
const foreign: readonly (readonly [string, (declared: KeyProperties) => Partial<KeyProperties>])[] =
  [
    ['kmsEndpoint', () => ({ kmsEndpoint: 'http://127.0.0.1:9' })],
    ['authUrl', () => ({ authUrl: 'http://127.0.0.1:9/v3' })],
    ['cloud', () => ({ cloud: 'example.com' })],
    ['projectId', () => ({ projectId: '0'.repeat(32) })],
    [
      'source',
      () => ({
        source: { secret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other' },
      }),
    ],
    ['credentials', ({ source }) => ({ credentials: 'secret' in source ? source.secret : '' })],
    ['onDestroy', () => ({ onDestroy: 'delete_material' })],
    ['memory', () => ({ memory: `/cdktf-byok/stack/${randomUUID()}` })],
    ['memory of another stack', () => ({ memory: `/cdktf-byok/other/${randomUUID()}` })],
    ['memory above its stack', () => ({ memory: '/cdktf-byok/stack/../payments' })],
  ];

test.each(foreign)(
  'an event with another %s is refused before a secret is read',
  async (_, change) => {
    const event = { ...properties, ...change(properties) };
    const options = { physicalId: keyId, old: properties, declared: false };
    for (const type of ['Create', 'Update', 'Delete'] as const) {
      const { Status, Reason } = await lambda.request(type, event, options);
      expect({ Status, Reason }).toEqual({
        Status: 'FAILED',
        Reason: expect.stringMatching(/^the event .*; nothing was read or done \(ERR_REFUSED\)$/),
      });
    }
    // Of a memory that is not there is no metric, which is an alarm as well.
    const metrics = await lambda.check(keyId, { ...event, metricKey: 'stack/made-up' });
    expect(metrics).toEqual(
      'memory' in change(properties)
        ? undefined
        : expect.objectContaining({ Key: properties.metricKey, NeedsAttention: 1 }),
    );
    expect(lambda.kms.calls()).toEqual([]);
    expect(lambda.aws.reads.filter((name) => !name.startsWith('/cdktf-byok/stack/'))).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  },
);

test('an event that names a key of somebody else as its own does not touch that key', async () => {
  const theirs = lambda.properties(randomBytes(32));
  const { PhysicalResourceId: victim } = await lambda.request('Create', theirs);
  lambda.kms.clearCalls();
  const answer = await lambda.request('Update', properties, {
    physicalId: victim,
    old: properties,
  });
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: keyId });
  expect(await lambda.request('Delete', properties, { physicalId: victim })).toMatchObject({
    Status: 'SUCCESS',
  });
  expect(writesOf(lambda.kms)).toEqual([]);
  expect(await describeKey(lambda.kms, victim)).toMatchObject({
    key_alias: theirs.alias,
    key_state: '2',
  });
});

test('a removal comes with what was declared before: of a replaced key, and when the declaration is gone', async () => {
  const declared = lambda.properties(randomBytes(32), { onDestroy: 'delete_material' });
  const { PhysicalResourceId: before } = await lambda.request('Create', declared);
  const moved = {
    ...declared,
    alias: `key-${randomUUID()}`,
    kmsEndpoint: `${declared.kmsEndpoint}/`,
  };
  const { PhysicalResourceId: after } = await lambda.request('Update', moved, {
    physicalId: before,
    old: declared,
  });
  expect(await lambda.request('Delete', declared, { physicalId: before })).toMatchObject({
    Status: 'SUCCESS',
  });
  lambda.aws.parameters.delete(declarationOf(declared.memory));
  expect(await lambda.request('Delete', moved, { physicalId: after })).toMatchObject({
    Status: 'SUCCESS',
  });
  expect(
    (await Promise.all([before, after].map((id) => describeKey(lambda.kms, id)))).map(
      (key) => key.key_state,
    ),
  ).toEqual(['4', '4']);
  // Nothing is left of it that would let the same in again.
  expect(await lambda.request('Create', moved, { declared: false })).toMatchObject({
    Status: 'FAILED',
  });
});

test('a rollback comes with what was declared before, whichever is rolled back first', async () => {
  const declared = lambda.properties(randomBytes(32), { description: 'cards' });
  const { PhysicalResourceId: id } = await lambda.request('Create', declared);
  const changed = { ...declared, description: 'orders' };
  await lambda.request('Update', changed, { physicalId: id, old: declared });
  const answer = await lambda.request('Update', declared, {
    physicalId: id,
    old: changed,
    declared: false,
  });
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
  expect(await describeKey(lambda.kms, id)).toMatchObject({ key_description: 'cards' });
});

test('what has fallen behind is refused, too', async () => {
  const declared = lambda.properties(randomBytes(32), { description: '0' });
  const { PhysicalResourceId: id } = await lambda.request('Create', declared);
  for (let number = 1; number <= 4; number += 1) {
    await lambda.request(
      'Update',
      { ...declared, description: String(number) },
      { physicalId: id, old: declared },
    );
  }
  const answer = await lambda.request('Update', declared, {
    physicalId: id,
    old: declared,
    declared: false,
  });
  expect(answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('neither declares nor deployed recently'),
  });
});
