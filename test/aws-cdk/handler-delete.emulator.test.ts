import type { KeyProperties } from '../../lib/aws-cdk/key-properties';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { Lambda } from './lambda';

let lambda: Lambda;

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

describe('Delete', () => {
  test.each([
    ['retain', 'retain', '2'],
    ['delete_material', 'retain', '5'],
    ['retain', 'schedule_deletion', '4'],
    ['delete_material', 'schedule_deletion', '4'],
  ])('does to the material: %s, to the key: %s', async (onDestroy, keyOnDestroy, state) => {
    const { keyId, properties } = await lambda.create({ onDestroy, keyOnDestroy });
    expect(lambda.aws.parameters.has(properties.memory)).toBe(true);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
    });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: state });
    expect(lambda.aws.parameters.has(properties.memory)).toBe(false);
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
    });
  });

  test.each(['made by somebody else', 'not remembered'])('keeps a key that was %s', async (how) => {
    const theirs = await lambda.create({ onDestroy: 'delete_material', keyOnDestroy: 'retain' });
    const { keyId } = theirs;
    let properties: KeyProperties = { ...theirs.properties, keyOnDestroy: 'schedule_deletion' };
    if (how === 'not remembered') {
      lambda.aws.parameters.delete(properties.memory);
      lambda.declare(properties);
    } else {
      await lambda.request('Delete', theirs.properties, { physicalId: keyId });
      properties = lambda.properties(theirs.material, {
        alias: properties.alias,
        keyOnDestroy: 'schedule_deletion',
      });
      expect(await lambda.request('Create', properties)).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: keyId,
      });
    }
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(await holdsMaterial(lambda.kms, keyId, theirs.material)).toBe(true);
    expect(lambda.log).toContain(
      'the key is kept: it existed before it was declared here, or there is no record of it',
    );
  });

  test('is refused while the material is protected', async () => {
    const { keyId, properties } = await lambda.create({ onDestroy: 'refuse' });
    expect(await lambda.request('Delete', properties, { physicalId: keyId })).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: keyId,
    });
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_state: '2' });
  });

  test('of what CloudFormation named itself, for want of an answer, finds nothing to do', async () => {
    const properties = lambda.properties(lambda.newMaterial());
    const answer = await lambda.request('Delete', properties, {
      physicalId: '2030/01/31/[$LATEST]58419525637311',
    });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(lambda.kms.calls()).toEqual([]);
  });
});

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  expect(lambda.leaks()).toEqual([]);
});
