/**
 * The batcher over HTTP: how many calls reach the KMS, and that a list tells of a key what
 * describe-key tells.
 */

import { connectKms } from '../../lib/kms/connect';
import { DescribeBatcher } from '../../lib/kms/describe-batcher';
import type { KmsClient } from '../../lib/kms/kms-client';
import { Secret } from '../../lib/secret';
import { type Emulator, startEmulator } from '../support/emulator';

let emulator: Emulator;
let kms: KmsClient;
let keyIds: string[];

function connect(enterpriseProjectId?: string): KmsClient {
  return connectKms(
    {
      kmsEndpoint: emulator.url,
      projectId: emulator.projectId,
      authToken: Secret.fromText(emulator.authToken),
      maxRetries: 0,
      maxRequestsPerSecond: 1000,
      enterpriseProjectId,
    },
    {},
    { now: () => emulator.now(), sleep: async () => undefined },
  );
}

/** Keys of several kinds and states, made by another process, as it were. */
beforeEach(async () => {
  emulator = await startEmulator();
  const maker = connect();
  keyIds = [];
  for (const [index, keySpec] of ['AES_256', 'RSA_2048', 'EC_P256']
    .flatMap((spec) => Array(5).fill(spec))
    .entries()) {
    keyIds.push(
      (
        await maker.createKey({
          keyAlias: `key-${index}`,
          keySpec,
          keyDescription: index % 2 === 0 ? '' : 'odd',
        })
      ).keyId,
    );
  }
  await maker.scheduleKeyDeletion(keyIds[3] ?? '', 7);
  emulator.setKeyState(keyIds[4] ?? '', '7');
  maker.close();
  kms = connect();
  emulator.clearCalls();
});

afterEach(async () => {
  kms.close();
  await emulator.close();
});

function operations(): string[] {
  return emulator.calls().map(({ operation }) => operation);
}

test('many keys are one call, and every value is the one that describe-key shows', async () => {
  const reads = new DescribeBatcher({ kms });
  const listed = await Promise.all(keyIds.map((keyId) => reads.refreshKey(keyId)));
  expect(operations()).toEqual(['list-keys']);
  expect(listed).toEqual(await Promise.all(keyIds.map((keyId) => kms.describeKey(keyId))));
});

test('few keys are described, two reads of one key once', async () => {
  const reads = new DescribeBatcher({ kms });
  await Promise.all(
    [...keyIds.slice(0, 7), ...keyIds.slice(0, 7)].map((keyId) => reads.refreshKey(keyId)),
  );
  expect(operations()).toEqual(Array(7).fill('describe-key'));
});

test('keys outside the enterprise project of the list are described', async () => {
  const filtered = connect('b5f1b2a4-0000-4000-8000-000000000000');
  const reads = new DescribeBatcher({ kms: filtered });
  const keys = await Promise.all(keyIds.map((keyId) => reads.refreshKey(keyId)));
  filtered.close();
  expect(keys.map((key) => key?.keyId)).toEqual(keyIds);
  expect(operations().filter((operation) => operation === 'list-keys')).toHaveLength(1);
  expect(operations().filter((operation) => operation === 'describe-key')).toHaveLength(
    keyIds.length,
  );
});

test('a user who may not list keys reads them one by one', async () => {
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0303', times: 10 }]);
  const reads = new DescribeBatcher({ kms });
  for (let turn = 0; turn < 2; turn++) {
    expect(
      (await Promise.all(keyIds.map((keyId) => reads.refreshKey(keyId)))).map((key) => key?.keyId),
    ).toEqual(keyIds);
  }
  expect(operations().filter((operation) => operation === 'list-keys')).toHaveLength(1);
});

test('after a change by this client its keys are described', async () => {
  const reads = new DescribeBatcher({ kms });
  await Promise.all(keyIds.map((keyId) => reads.refreshKey(keyId)));
  await kms.updateKeyAlias(keyIds[0] ?? '', 'renamed');
  expect(await reads.refreshKey(keyIds[0] ?? '')).toMatchObject({ keyAlias: 'renamed' });
  expect((await reads.refreshKeys()).find(({ keyId }) => keyId === keyIds[0])).toMatchObject({
    keyAlias: 'renamed',
  });
  expect(operations()).toEqual(['list-keys', 'update-key-alias', 'describe-key', 'list-keys']);
});

describe('tags', () => {
  const none = {};

  beforeEach(async () => {
    const maker = connect();
    for (const [index, keyId] of keyIds.entries()) {
      await maker.updateTags(keyId, { create: { team: `team ${index}`, empty: '' } });
    }
    maker.close();
    emulator.clearCalls();
  });

  test('of many keys are one call, of every state and spec', async () => {
    const reads = new DescribeBatcher({ kms });
    const known = (index: number) => ({ team: `team ${index}`, empty: '' });
    const listed = await Promise.all(
      keyIds.map((keyId, index) => reads.refreshTags(keyId, known(index))),
    );
    expect(operations()).toEqual(['resource-instances']);
    expect(listed).toEqual(await Promise.all(keyIds.map((keyId) => kms.getTags(keyId))));
  });

  test.each([
    { errorCode: 'KMS.0307' },
    { errorCode: 'APIGW.0101' },
    { errorCode: 'KMS.0215' },
    { errorCode: 'KMS.1601' },
    { status: 500 },
    { answer: '<html>Please log in</html>' },
    { answer: '{"total_count":2}' },
    { answer: '{"resources":[]}' },
    { answer: '{"resources":[{"resource_id":"x"}],"total_count":"1"}' },
    { drop: 'before' as const },
  ])('are asked of each key when the list is answered with %j', async (fault) => {
    emulator.injectFaults([{ operation: 'resource-instances', times: 9, ...fault }]);
    const reads = new DescribeBatcher({ kms });
    for (let turn = 0; turn < 2; turn++) {
      const tags = await Promise.all(keyIds.map((keyId) => reads.refreshTags(keyId, none)));
      expect(tags.map(({ team }) => team)).toEqual(keyIds.map((_keyId, index) => `team ${index}`));
    }
    expect(operations().filter((operation) => operation === 'resource-instances')).toHaveLength(1);
  });

  test('of more keys than a page holds come whole', async () => {
    const large = await startEmulator({ keyQuota: 2000 });
    const client = connectKms(
      {
        ...{
          kmsEndpoint: large.url,
          projectId: large.projectId,
          authToken: Secret.fromText(large.authToken),
        },
        ...{ maxRetries: 0, maxRequestsPerSecond: 10_000 },
      },
      {},
      { now: () => large.now(), sleep: async () => undefined },
    );
    try {
      const ids: string[] = [];
      for (let index = 0; index < 501; index++) {
        ids.push((await client.createKey({ keyAlias: `key-${index}` })).keyId);
      }
      await client.updateTags(ids[500] ?? '', { create: { last: 'yes' } });
      large.clearCalls();
      const tags = await client.listTags();
      expect([...tags.keys()]).toEqual(ids);
      expect(tags.get(ids[500] ?? '')).toEqual({ last: 'yes' });
      expect(large.calls()).toHaveLength(2);
    } finally {
      client.close();
      await large.close();
    }
  });
});
