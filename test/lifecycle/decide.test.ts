/** Every status that material can be found in, against every wish: what is done, and why. */
import { decide } from '../../lib/lifecycle/decide';
import type { Decision, Knowledge, Wish } from '../../lib/lifecycle/decision';
import { fixed, keep } from '../../lib/lifecycle/expiration-wish';
import { wording } from '../../lib/provider/wording';
import { type MaterialStatus, materialStatuses } from '../../lib/terms/material';
import { asWish, type Spelled } from './as-wish';

const now = new Date('2030-06-01T00:00:00Z');
const past = new Date('2030-05-01T00:00:00Z');
const future = new Date('2031-01-01T00:00:00Z');
const later = new Date('2032-01-01T00:00:00Z');
const [one, other] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
const proven = { fingerprint: one, proof: 'imported' } as const;

interface Case {
  readonly status: MaterialStatus;
  readonly found?: Date;
  readonly wish?: Partial<Omit<Wish, 'expiration'>> & { readonly expiration?: Spelled };
  readonly knowledge?: Partial<Knowledge>;
}

function decideFor({ status, found, wish, knowledge }: Case): Decision {
  const observation = {
    status,
    expiration: found,
    keyState: undefined,
    keySpec: 'AES_256',
    scheduledDeletionDate: undefined,
  };
  return decide(
    {
      warnBeforeMs: 0,
      pin: undefined,
      allowInterruption: true,
      allowUnverifiedRenewal: false,
      allowWeakMaterial: false,
      ...wish,
      expiration: asWish(wish !== undefined && 'expiration' in wish ? wish.expiration : found),
    },
    { observation, proof: proven, atHand: one, preWrapped: undefined, ...knowledge },
    now,
    wording,
  );
}

const statuses = Object.keys(materialStatuses) as MaterialStatus[];
const absent: readonly MaterialStatus[] = ['purged_after_expiry', 'deleted_outside'];

test.each(statuses)('with the wished expiry, only absent material is imported: %s', (status) => {
  const { steps, refusal } = decideFor({ status, found: future });
  expect(refusal).toBeUndefined();
  expect(steps).toEqual(absent.includes(status) ? ['import'] : []);
});

test.each(statuses)(
  'a change of expiry deletes only material that is present and enabled: %s',
  (status) => {
    const { steps } = decideFor({ status, found: future, wish: { expiration: later } });
    const expected = ['present', 'expiring', 'expired_not_purged'].includes(status)
      ? ['delete', 'import']
      : absent.includes(status)
        ? ['import']
        : [];
    expect(steps).toEqual(expected);
  },
);

test.each(statuses)(
  'foreign material is refused, whatever the status, and nothing is done: %s',
  (status) => {
    const { steps, refusal } = decideFor({ status, found: future, knowledge: { atHand: other } });
    expect(refusal?.code).toBe('ERR_MATERIAL_DIFFERS');
    expect(refusal?.message).toContain(one);
    expect(steps).toEqual([]);
  },
);

describe('an expiry that is counted from now', () => {
  const importedAt = new Date('2030-05-31T00:00:03Z');
  const [from, to] = [new Date('2030-08-29T00:00:01Z'), new Date('2030-08-30T00:00:02Z')];
  const moved: Case = {
    status: 'present',
    found: from,
    wish: { expiration: to },
    knowledge: { importedAt },
  };

  test('moves with the clock, and is refused by the name of what to use', () => {
    const { refusal, steps } = decideFor(moved);
    expect(refusal?.message).toContain(
      'from 2030-08-29T00:00:01Z to 2030-08-30T00:00:02Z, by just the time since the import',
    );
    expect(refusal?.message).toContain(
      'valid_for and renew_before (Expiration.rolling in constructs)',
    );
    expect(steps).toEqual([]);
  });

  test.each<[string, Partial<Case>, boolean]>([
    ['the import is not known', { knowledge: {} }, false],
    ['it is a full minute', { wish: { expiration: new Date('2030-08-30T00:01:00Z') } }, true],
    ['the material is past it', { status: 'expired_not_purged' }, true],
    ['nothing would be interrupted', { status: 'deleted_outside' }, false],
  ])('passes where %s', (_name, other, warned) => {
    const { refusal, steps, notices } = decideFor({ ...moved, ...other });
    expect(refusal).toBeUndefined();
    expect(steps).toContain('import');
    expect(notices.length).toBe(warned ? 1 : 0);
  });

  test('is a warning where it lies whole hours ahead, which is no proof', () => {
    const wish = { expiration: new Date(now.getTime() + 90 * 86_400_000 - 1000) };
    expect(decideFor({ status: 'present', found: future, wish }).notices).toMatchObject([
      {
        summary: 'The expiry may be counted from now',
        detail: expect.stringContaining('valid_for and renew_before'),
      },
    ]);
    expect(
      decideFor({ status: 'present', found: future, wish: { expiration: later } }).notices,
    ).toEqual([]);
  });
});

describe('a change of expiry', () => {
  const change: Case = { status: 'present', found: future, wish: { expiration: later } };

  test('is told as from and to', () => {
    expect(decideFor(change).reason).toContain(
      'expiration_time changes from 2031-01-01T00:00:00Z to 2032-01-01T00:00:00Z',
    );
  });

  test('to never, and from never', () => {
    expect(decideFor({ ...change, wish: { expiration: undefined } }).reason).toContain('to never');
    expect(decideFor({ status: 'present', wish: { expiration: later } }).reason).toContain(
      'from never',
    );
  });

  test.each([
    ['into the past', { wish: { expiration: past } }, 'ERR_ARGUMENT'],
    [
      'with allow_interruption = false',
      { wish: { expiration: later, allowInterruption: false } },
      'ERR_REFUSED',
    ],
    ['without proof of what the key holds', { knowledge: { proof: undefined } }, 'ERR_REFUSED'],
    [
      'when the pin is not what the key is bound to',
      { wish: { expiration: later, pin: other } },
      'ERR_MATERIAL_DIFFERS',
    ],
  ])('is refused %s', (_name, part, code) => {
    const { steps, refusal } = decideFor({ ...change, ...part });
    expect(refusal?.code).toBe(code);
    expect(steps).toEqual([]);
  });

  test('without proof is done when that is allowed', () => {
    const wish = { expiration: later, allowUnverifiedRenewal: true, allowWeakMaterial: false };
    expect(decideFor({ ...change, wish, knowledge: { proof: undefined } }).steps).toEqual([
      'delete',
      'import',
    ]);
  });

  test('of a disabled key is postponed, since an import would enable it', () => {
    const { steps, notices } = decideFor({ ...change, status: 'key_disabled' });
    expect(steps).toEqual([]);
    expect(notices[0]?.summary).toContain('postponed');
  });

  test('smaller than a second is none', () => {
    expect(
      decideFor({ ...change, wish: { expiration: new Date(future.getTime() + 999) } }).steps,
    ).toEqual([]);
  });
});

describe('absent material', () => {
  test('comes back with the expiry it had when none is declared', () => {
    expect(
      decideFor({ status: 'deleted_outside', found: future, wish: { expiration: keep } }),
    ).toMatchObject({
      steps: ['import'],
      expiration: future,
    });
  });

  test.each([past, keep] as const)(
    'that expired as declared is not imported: a warning, no diff',
    (expiration) => {
      const { steps, refusal, notices } = decideFor({
        status: 'purged_after_expiry',
        found: past,
        wish: { expiration },
      });
      expect([steps, refusal]).toEqual([[], undefined]);
      expect(notices[0]?.summary).toBe('The key material has expired');
    },
  );

  test('with another expiry that is past too is refused', () => {
    const { refusal } = decideFor({
      status: 'purged_after_expiry',
      found: past,
      wish: { expiration: new Date(past.getTime() + 60_000) },
    });
    expect(refusal?.attribute).toBe('expiration_time');
  });

  test('is imported without proof too: the KMS itself refuses other bytes', () => {
    expect(decideFor({ status: 'deleted_outside', knowledge: { proof: undefined } }).steps).toEqual(
      ['import'],
    );
  });

  test('tells expired from deleted', () => {
    expect(
      decideFor({ status: 'purged_after_expiry', found: past, wish: { expiration: later } }).reason,
    ).toContain('expired on 2030-05-01T00:00:00Z');
    expect(decideFor({ status: 'deleted_outside', found: future }).reason).toContain(
      'the key no longer holds material',
    );
  });
});

test('a reason never depends on the minute', () => {
  const first = decideFor({ status: 'deleted_outside', found: future });
  const observation = {
    status: 'deleted_outside',
    expiration: future,
    keyState: '5',
    keySpec: 'AES_256',
    scheduledDeletionDate: undefined,
  } as const;
  const wish = {
    expiration: fixed(future),
    warnBeforeMs: 0,
    pin: undefined,
    allowInterruption: true,
    allowUnverifiedRenewal: false,
    allowWeakMaterial: false,
  };
  expect(
    decide(
      wish,
      { observation, proof: proven, atHand: one, preWrapped: undefined },
      new Date(now.getTime() + 61_000),
      wording,
    ).reason,
  ).toBe(first.reason);
});

describe('a rolling expiry', () => {
  const day = 86_400_000;
  const rolling = {
    kind: 'rolling' as const,
    validForMs: 90 * day,
    renewBeforeMs: 14 * day,
    validFor: '90d',
    renewBefore: '14d',
  };
  const wish = { expiration: rolling };
  const inDays = (days: number) => new Date(now.getTime() + days * day);

  test('does nothing while nobody saw its window open, whatever the clock says', () => {
    for (const found of [inDays(60), inDays(15), inDays(14), inDays(1)]) {
      expect(decideFor({ status: 'present', found, wish })).toMatchObject({
        steps: [],
        notices: [],
        refusal: undefined,
      });
    }
  });

  test('renews inside it, and the reason names absolute dates', () => {
    const decision = decideFor({ status: 'expiring', found: inDays(14), wish });
    expect(decision.steps).toEqual(['delete', 'import']);
    expect(decision.expiration).toEqual(inDays(90));
    expect(decision.reason).toContain(
      'expires on 2030-06-15T00:00:00Z and is renewed from 2030-06-01T00:00:00Z on (renew_before 14d), to be valid for 90d',
    );
  });

  test('renews material that is past its expiry, and imports material that was purged', () => {
    expect(decideFor({ status: 'expired_not_purged', found: past, wish }).steps).toEqual([
      'delete',
      'import',
    ]);
    const purged = decideFor({ status: 'purged_after_expiry', found: past, wish });
    expect([purged.steps, purged.expiration]).toEqual([['import'], inDays(90)]);
    expect(purged.reason).toContain('valid for 90d');
  });

  test('takes over from never', () => {
    expect(decideFor({ status: 'present', wish }).reason).toContain(
      'changes from never to 90d after the import',
    );
  });

  test('is postponed while the key is disabled, and refused without proof', () => {
    expect(decideFor({ status: 'key_disabled', found: inDays(1), wish }).steps).toEqual([]);
    expect(
      decideFor({ status: 'expiring', found: inDays(1), wish, knowledge: { proof: undefined } })
        .refusal?.code,
    ).toBe('ERR_REFUSED');
  });
});

describe('warn_before', () => {
  const warned = (found: Date | undefined, wish: Partial<Wish> = {}) =>
    decideFor({
      status: 'present',
      ...(found === undefined ? {} : { found }),
      wish: { expiration: found, warnBeforeMs: 86_400_000, ...wish },
    }).notices.map(({ summary }) => summary);

  test('warns of a disabled key, too, whose material the KMS deletes all the same', () => {
    const found = new Date(now.getTime() + 86_400_000);
    const decision = decideFor({
      status: 'key_disabled',
      found,
      wish: { expiration: found, warnBeforeMs: 86_400_000 },
    });
    expect([decision.steps, decision.notices[0]?.summary]).toEqual([
      [],
      'The key material expires soon',
    ]);
  });

  test('warns inside its window only, without steps', () => {
    expect(warned(new Date(now.getTime() + 86_400_000))).toEqual(['The key material expires soon']);
    expect(warned(new Date(now.getTime() + 86_400_001))).toEqual([]);
    expect(warned(undefined)).toEqual([]);
  });
});

describe('material that something else may take out of the key meanwhile', () => {
  const emptied: Partial<Knowledge> = { emptied: true };

  test.each(['present', 'key_disabled', 'expired_not_purged'] as const)(
    'is imported again once it is gone: %s',
    (status) => {
      const { steps, reason, expiration } = decideFor({
        status,
        found: future,
        knowledge: emptied,
      });
      expect(steps).toEqual(['import']);
      expect(reason).toContain('another address of this plan deletes the material of this key');
      expect(expiration).toEqual(future);
    },
  );

  test('is renewed as ever where that is due', () => {
    expect(
      decideFor({
        status: 'present',
        found: future,
        wish: { expiration: later },
        knowledge: emptied,
      }).steps,
    ).toEqual(['delete', 'import']);
  });

  test('cannot be imported again when it was wrapped elsewhere', () => {
    const decision = decideFor({
      status: 'present',
      found: future,
      knowledge: { ...emptied, preWrapped: 'used' },
    });
    expect([decision.steps, decision.refusal?.code]).toEqual([[], 'ERR_REFUSED']);
  });
});

test('material that was seen absent before its expiry is not imported after it, and that is no silence', () => {
  const late = decideFor({ status: 'deleted_outside', found: past });
  expect([late.steps, late.refusal?.code]).toEqual([[], 'ERR_CHANGED_SINCE_PLAN']);
  expect(late.refusal?.message).toContain('has passed since the key was examined');
});

test('a disabled key is told of, unless somebody wants it so', () => {
  const told = (knownDisabled: boolean) =>
    decideFor({ status: 'key_disabled', found: future, knowledge: { knownDisabled } }).notices;
  expect(told(false).map(({ summary }) => summary)).toEqual(['The key is disabled']);
  expect(told(true)).toEqual([]);
});
