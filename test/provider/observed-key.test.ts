/** What the emulator cannot show: keys that share an alias, and answers that leave things out. */

import { DescribeBatcher } from '../../lib/kms/describe-batcher';
import type { KeyDetail, Kms } from '../../lib/kms/model';
import { keyDataSource } from '../../lib/provider/key-data-source';
import { keysDataSource } from '../../lib/provider/keys-data-source';
import { observedKey } from '../../lib/provider/observed-key';
import { Run } from '../../lib/provider/run';
import { noSharedMarks } from '../../lib/provider/shared-marks';
import { Diagnostics } from '../../lib/tfplugin/calls/diagnostics';

const now = new Date('2030-01-01T00:00:00Z');

function detail(fields: Partial<KeyDetail>): KeyDetail {
  return {
    keyId: 'id',
    keyAlias: 'orders',
    keyDescription: '',
    keySpec: undefined,
    keyUsage: undefined,
    keyState: '2',
    origin: 'external',
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
    defaultKeyFlag: undefined,
    ...fields,
  };
}

const unused = () => Promise.reject(new Error('data sources show no tags'));

function clientWith(...keys: KeyDetail[]) {
  const kms: Pick<Kms, 'listKeys' | 'describeKey'> = {
    listKeys: async () => keys,
    describeKey: async (keyId) => keys.find((key) => key.keyId === keyId),
  };
  const reads = new DescribeBatcher({
    kms: { ...kms, changed: false, getTags: unused, listTags: unused },
  });
  return {
    env: {},
    now: () => now,
    destroying: () => false,
    joinRun: () => noSharedMarks,
    sleep: async () => {},
    run: new Run(),
    kms: kms as Kms,
    reads,
  };
}

const context = {
  diagnostics: new Diagnostics(),
  signal: new AbortController().signal,
  log: { log: () => {} },
};

test('fails for an alias that several keys have, and names them', async () => {
  const client = clientWith(
    detail({ keyId: 'b' }),
    detail({ keyId: 'a' }),
    detail({ keyId: 'c', keyAlias: 'order' }),
  );
  await expect(
    keyDataSource.read({ key_id: null, alias: 'orders' }, client, context),
  ).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: '2 keys have the alias "orders": a, b; set key_id to one of them',
    attribute: 'alias',
  });
});

test('keys of one alias are listed by id, and capitals come before small letters', async () => {
  const names = [
    ['b', 'orders'],
    ['a', 'orders'],
    ['c', 'archive'],
    ['d', 'Orders'],
  ];
  const client = clientWith(
    ...names.map(([keyId = '', keyAlias = '']) => detail({ keyId, keyAlias })),
  );
  const { keys } = await keysDataSource.read({ key_state: null, keys: null }, client, context);
  expect((keys as { key_id: string }[]).map(({ key_id }) => key_id)).toEqual(['d', 'c', 'a', 'b']);
});

test('what the KMS leaves out is null', () => {
  expect(observedKey(detail({}), now)).toMatchObject({
    key_spec: null,
    key_usage: null,
    creation_date: null,
    expiration_time: 'never',
  });
});

test.each<[string, Partial<KeyDetail>, string, string | null]>([
  ['a state that is not documented', { keyState: '6' }, 'unknown', null],
  ['a key that is being activated', { keyState: '1' }, 'key_not_ready', null],
  ['a frozen key', { keyState: '7' }, 'key_frozen', null],
  [
    'material that is gone, its expiry still shown',
    { keyState: '5', expirationTime: now },
    'purged_after_expiry',
    '2030-01-01T00:00:00Z',
  ],
  ['a key without material', { keyState: '5' }, 'absent', null],
])('%s is a value', (_what, fields, status, expiration) => {
  expect(observedKey(detail(fields), now)).toMatchObject({
    material_status: status,
    expiration_time: expiration,
  });
});
