import type { Wish } from '../../lib/lifecycle/decision';
import { keep } from '../../lib/lifecycle/expiration-wish';
import { notVerified } from '../../lib/lifecycle/verdict';
import { findingOf, type MaterialRecord } from '../../lib/report/material-finding';
import { worstOf } from '../../lib/report/verdict';
import { type MaterialStatus, materialStatuses } from '../../lib/terms/material';

const now = new Date('2030-01-15T12:00:00Z');
const day = 86_400_000;
const far = new Date('2031-01-01T00:00:00Z');
const inAWeek = new Date(now.getTime() + 7 * day);
const yesterday = new Date(now.getTime() - day);
const proof = { fingerprint: `sha256:${'a'.repeat(64)}`, proof: 'imported' } as const;
const rolling = {
  kind: 'rolling' as const,
  validForMs: 90 * day,
  renewBeforeMs: 5 * day,
  validFor: '90d',
  renewBefore: '5d',
};

const wish: Wish = {
  expiration: keep,
  warnBeforeMs: 14 * day,
  pin: undefined,
  allowInterruption: true,
  allowUnverifiedRenewal: false,
  allowWeakMaterial: false,
};

function record(
  status: MaterialStatus,
  expiration: Date | undefined,
  more: Partial<MaterialRecord> = {},
): MaterialRecord {
  const observation = {
    status,
    expiration,
    keyState: '2',
    keySpec: 'AES_256',
    scheduledDeletionDate: undefined,
  };
  return {
    place: 'live',
    address: undefined,
    keyId: 'id',
    alias: 'orders',
    observation,
    wish,
    proof,
    managed: true,
    wanted: true,
    due: undefined,
    whereabouts: { cloud: 'opentelekomcloud', region: 'eu-de', project: 'prod' },
    importedAt: undefined,
    pinned: undefined,
    ...more,
  };
}

test.each([
  ['present', far, 'fine', null],
  ['present', undefined, 'fine', null],
  [
    'present',
    inAWeek,
    'expiring',
    'The key material expires soon: The KMS deletes it after 2030-01-22T12:00:00Z; ',
  ],
  ['expiring', inAWeek, 'expiring', 'The key material expires soon: '],
  [
    'expired_not_purged',
    yesterday,
    'missing',
    'The key material has expired: expiration_time was 2030-01-14T12:00:00Z: ',
  ],
  ['purged_after_expiry', yesterday, 'missing', 'The key material has expired: '],
  [
    'deleted_outside',
    far,
    'missing',
    'the key no longer holds material (it was deleted, or an import was interrupted); ',
  ],
  ['key_disabled', far, 'fine', null],
  ['key_disabled', inAWeek, 'expiring', 'The key material expires soon'],
  [
    'key_disabled',
    yesterday,
    'missing',
    'the key is disabled, and its material is past its expiration_time',
  ],
  ['key_pending_deletion', undefined, 'missing', 'The key is scheduled for deletion: '],
  ['key_not_ready', undefined, 'missing', 'The key is left alone: '],
  ['key_frozen', undefined, 'missing', 'The key is left alone: '],
  ['key_not_found', undefined, 'missing', 'The key no longer exists: '],
  ['unknown', undefined, 'missing', 'The key is left alone: '],
] as const)('%s, expiring %s, is %s', (status, expiration, verdict, reason) => {
  const found = findingOf(record(status, expiration), now);
  expect([found.verdict, found.material_status]).toEqual([verdict, status]);
  expect(reason === null ? found.reason : found.reason?.slice(0, reason.length)).toBe(reason);
});

test('every status has its line in the table above', () => {
  for (const status of Object.keys(materialStatuses) as MaterialStatus[]) {
    expect(['fine', 'expiring', 'missing']).toContain(
      findingOf(record(status, undefined), now).verdict,
    );
  }
});

test.each([
  ['from one second after the window begins', -1, 'expiring'],
  ['at its first instant', 0, 'expiring'],
  ['not a second before', 1, 'fine'],
])('warns of an expiry %s', (_name, secondsBefore, verdict) => {
  const expiration = new Date(now.getTime() + 14 * day + secondsBefore * 1000);
  expect(findingOf(record('present', expiration), now).verdict).toBe(verdict);
});

test('counts whole days, down to negative ones', () => {
  const daysLeft = (expiration: Date | undefined) =>
    findingOf(record('present', expiration), now).days_left;
  expect([inAWeek, new Date(inAWeek.getTime() - 1000), yesterday, undefined].map(daysLeft)).toEqual(
    [7, 6, -1, null],
  );
});

describe('material that renews itself', () => {
  const renewed = { wish: { ...wish, expiration: rolling } };

  test('is fine until its renewal is due, whatever the window of the warning', () => {
    expect(findingOf(record('present', inAWeek, renewed), now).verdict).toBe('fine');
  });

  test('is expiring once its renewal is due, in the words of the plan', () => {
    const { verdict, reason } = findingOf(
      record('expiring', new Date('2030-01-18T00:00:00Z'), renewed),
      now,
    );
    expect(verdict).toBe('expiring');
    expect(reason).toContain(
      'the material expires on 2030-01-18T00:00:00Z and is renewed from 2030-01-13T00:00:00Z on (renew_before 5d)',
    );
  });

  test('tells why a renewal will be refused', () => {
    const { verdict, reason } = findingOf(
      record('expiring', new Date('2030-01-18T00:00:00Z'), { ...renewed, proof: undefined }),
      now,
    );
    expect(verdict).toBe('expiring');
    expect(reason).toContain('nothing proves that the given material is what the key holds');
  });

  test('is expiring when its renewal is postponed, for the key is disabled', () => {
    const { verdict, reason } = findingOf(
      record('key_disabled', new Date('2030-01-18T00:00:00Z'), renewed),
      now,
    );
    expect(verdict).toBe('expiring');
    expect(reason).toContain('postponed: the key is disabled');
  });
});

test.each([
  [
    'rolling',
    inAWeek,
    { wish: { ...wish, expiration: rolling } },
    'rolling',
    '2030-01-17T12:00:00Z',
  ],
  [
    'rolling, not imported yet',
    undefined,
    { wish: { ...wish, expiration: rolling } },
    'rolling',
    null,
  ],
  ['fixed', far, {}, 'fixed', null],
  ['none', undefined, {}, 'none', null],
  ['not known, since the KMS alone was asked', far, { managed: false }, null, null],
] as const)('the renewal is %s', (_name, expiration, more, renewal, renewsAt) => {
  expect(findingOf(record('present', expiration, more), now)).toMatchObject({
    renewal,
    renews_at: renewsAt,
  });
});

test('tells where the key is, when it was imported, whether it is pinned and when it goes', () => {
  const more = { importedAt: '2030-01-01T00:00:00Z', pinned: true };
  const observation = {
    status: 'key_pending_deletion',
    expiration: undefined,
    keyState: '4',
    keySpec: 'SM4',
    scheduledDeletionDate: inAWeek,
  } as const;
  expect(findingOf(record('present', far, { ...more, observation }), now)).toMatchObject({
    cloud: 'opentelekomcloud',
    region: 'eu-de',
    project: 'prod',
    key_spec: 'SM4',
    imported_at: '2030-01-01T00:00:00Z',
    pinned: true,
    deletion_date: '2030-01-22T12:00:00Z',
  });
});

describe('material without proof', () => {
  test('is unverified where Terraform manages it', () => {
    expect(findingOf(record('present', far, { proof: undefined }), now)).toMatchObject({
      verdict: 'unverified',
      reason: notVerified,
    });
  });

  test('is fine where nobody could know', () => {
    expect(
      findingOf(record('present', far, { proof: undefined, managed: false }), now).verdict,
    ).toBe('fine');
  });

  test('is first of all expiring, or missing', () => {
    expect(findingOf(record('present', inAWeek, { proof: undefined }), now).verdict).toBe(
      'expiring',
    );
    expect(findingOf(record('deleted_outside', far, { proof: undefined }), now).verdict).toBe(
      'missing',
    );
  });
});

describe('of a key that nobody is known to want', () => {
  const live = { managed: false, wanted: false, proof: undefined };

  test('a scheduled deletion is told, and is no fault', () => {
    expect(findingOf(record('key_pending_deletion', undefined, live), now)).toMatchObject({
      verdict: 'scheduled',
      reason: expect.stringMatching(/^The key is scheduled for deletion: /),
    });
    expect(
      findingOf(record('key_pending_deletion', undefined, { ...live, wanted: true }), now).verdict,
    ).toBe('missing');
  });

  test('missing material is missing, and no import is promised', () => {
    expect(findingOf(record('deleted_outside', undefined, live), now)).toMatchObject({
      verdict: 'missing',
      reason:
        'the key holds no material: none was imported yet, it was deleted, or it expired and the KMS deleted it',
    });
  });
});

describe('an import that a plan wants to make', () => {
  const due = { reason: 'because' };

  test('means that something is missing, for the reason of the plan', () => {
    expect(findingOf(record('present', far, { due }), now)).toMatchObject({
      verdict: 'missing',
      reason: 'because',
    });
    expect(findingOf(record('deleted_outside', far, { due }), now)).toMatchObject({
      verdict: 'missing',
      reason: 'because',
    });
  });

  test('of material that expires is no more than that', () => {
    expect(findingOf(record('expiring', inAWeek, { due }), now)).toMatchObject({
      verdict: 'expiring',
      reason: 'because',
    });
    expect(findingOf(record('present', inAWeek, { due }), now)).toMatchObject({
      verdict: 'expiring',
      reason: 'because',
    });
  });

  test('for the first time knows neither status nor expiry', () => {
    expect(
      findingOf(record('present', far, { due, observation: undefined, keyId: undefined }), now),
    ).toMatchObject({
      verdict: 'missing',
      key_id: null,
      material_status: null,
      expiration_time: null,
      days_left: null,
      reason: 'because',
    });
  });
});

test('the worst of several wins: missing, then expiring, then unverified, then scheduled', () => {
  expect(worstOf(['fine', 'unverified', 'expiring', 'missing'])).toBe('missing');
  expect(worstOf(['unverified', 'expiring', 'fine'])).toBe('expiring');
  expect(worstOf(['fine', 'unverified'])).toBe('unverified');
  expect(worstOf(['scheduled', 'fine', 'unverified'])).toBe('unverified');
  expect(worstOf(['fine', 'scheduled'])).toBe('scheduled');
  expect(worstOf(['fine'])).toBe('fine');
  expect(worstOf([])).toBe('fine');
});
