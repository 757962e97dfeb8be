import { statusOf } from '../../lib/cli/status-command';
import type { KeyDetail } from '../../lib/kms/model';

const now = new Date('2030-01-10T12:00:00Z');

function key(keyAlias: string, expirationTime?: string, more: Partial<KeyDetail> = {}): KeyDetail {
  return {
    keyId: `id-of-${keyAlias}`,
    keyAlias,
    keyDescription: '',
    keySpec: 'AES_256',
    keyUsage: undefined,
    keyState: '2',
    origin: 'external',
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    expirationTime: expirationTime === undefined ? undefined : new Date(expirationTime),
    defaultKeyFlag: '0',
    ...more,
  };
}

test('sorts by expiry, then by alias, and counts whole days', () => {
  const keys = [
    key('b'),
    key('a'),
    key('later', '2030-02-01T00:00:00Z'),
    key('past', '2030-01-10T11:59:59Z'),
    key('soon', '2030-01-11T11:59:59Z'),
  ];
  expect(statusOf(keys, now).map(({ alias, days_left }) => [alias, days_left])).toEqual([
    ['past', -1],
    ['soon', 0],
    ['later', 21],
    ['a', null],
    ['b', null],
  ]);
});

test('leaves out keys that are not external, and default keys of cloud services', () => {
  expect(
    statusOf(
      [
        key('kms', undefined, { origin: 'kms' }),
        key('evs/default', undefined, { defaultKeyFlag: '1' }),
      ],
      now,
    ),
  ).toEqual([]);
});

test('spells times in whole seconds', () => {
  expect(statusOf([key('a', '2030-02-01T00:00:00.000Z')], now)[0]?.expiration_time).toBe(
    '2030-02-01T00:00:00Z',
  );
});
