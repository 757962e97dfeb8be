import {
  countsOf,
  nameOf,
  overviewOf,
  placeOf,
  verdictOf,
} from '../../../lib/report/watch/overview';
import { dayMs, liveResult, now, overviewAt, stateResult } from './results';

const ago = (days: number) => new Date(now.getTime() - days * dayMs);

test('each key once, by place and name, with the worst that is said of it', () => {
  const { keys, sources } = overviewAt(
    now,
    liveResult([
      { key_id: 'b', alias: 'orders' },
      { key_id: 'a', alias: 'cards' },
    ]),
    stateResult([
      {
        key_id: 'b',
        alias: null,
        address: 'byok_key_material.b',
        verdict: 'unverified',
        reason: 'why',
        pinned: true,
        imported_at: '2026-01-01T00:00:00Z',
        renewal: 'none',
      },
    ]),
  );
  expect(sources.map(({ source, keys: count }) => [source, count])).toEqual([
    ['otc/eu-de/prod', 2],
    ['state "terraform.tfstate" of 1.json', 1],
  ]);
  expect(keys.map(nameOf)).toEqual(['cards', 'orders']);
  expect(keys[1]).toMatchObject({
    verdict: 'unverified',
    reason: 'why',
    alias: 'orders',
    address: 'byok_key_material.b',
    cloud: 'otc',
    pinned: true,
    imported_at: '2026-01-01T00:00:00Z',
    renewal: 'none',
    sources: ['otc/eu-de/prod', 'state "terraform.tfstate" of 1.json'],
  });
});

test('what expires in the KMS is no finding if Terraform knows that it is renewed', () => {
  const seen = { key_id: 'a', expiration_time: '2026-03-10T00:00:00Z' };
  const live = liveResult([{ ...seen, verdict: 'expiring', reason: 'soon' }]);
  const rolling = { renewal: 'rolling', renews_at: '2026-03-09T00:00:00Z' } as const;
  const verdicts = (other: object) =>
    overviewAt(now, live, stateResult([{ ...seen, ...other }])).keys.map((key) => [
      key.verdict,
      key.renews_at,
    ]);
  expect(verdicts(rolling)).toEqual([['fine', '2026-03-09T00:00:00Z']]);
  expect(verdicts({ renewal: 'fixed' })).toEqual([['expiring', null]]);
  // Somebody imported it since then: this renewal will not be.
  expect(verdicts({ ...rolling, expiration_time: '2026-03-11T00:00:00Z' })).toEqual([
    ['expiring', null],
  ]);
  expect(verdicts({ ...rolling, verdict: 'expiring' })).toEqual([
    ['expiring', '2026-03-09T00:00:00Z'],
  ]);
});

test('an older look at the same KMS does not count, whatever it says', () => {
  const { keys, sources } = overviewAt(
    now,
    liveResult([{ verdict: 'missing' }, { key_id: 'gone', verdict: 'missing' }], ago(1)),
    liveResult([{ verdict: 'fine' }]),
  );
  expect(sources).toHaveLength(1);
  expect(keys.map(({ key_id, verdict }) => [key_id, verdict])).toEqual([['id-1', 'fine']]);
});

test('states of the same name in two files are two sources', () => {
  const { sources, keys } = overviewAt(
    now,
    stateResult([{ key_id: 'a' }]),
    stateResult([{ key_id: 'b' }, { key_id: null }]),
    stateResult([{ key_id: null }]),
  );
  expect([sources.length, keys.length]).toEqual([3, 4]);
});

describe('a source that nothing looked at for too long', () => {
  const old = liveResult([{ verdict: 'fine' }], ago(3));

  test('makes its keys unknown, with what was seen last', () => {
    const overview = overviewAt(now, old);
    expect(overview.sources).toMatchObject([{ outdated: true, asOf: '2026-02-27T06:00:00Z' }]);
    expect(overview.keys).toMatchObject([{ verdict: 'unknown', lastVerdict: 'fine' }]);
    expect(verdictOf(overview)).toBe('unknown');
    expect(countsOf(overview)).toEqual([['unknown', 1]]);
  });

  test('does not hide what another one sees', () => {
    const seen = overviewAt(now, old, stateResult([{ verdict: 'missing' }]));
    expect(seen.keys).toMatchObject([{ verdict: 'missing' }]);
    expect(verdictOf(seen)).toBe('missing');
    expect(verdictOf(overviewAt(now, old, stateResult([{ verdict: 'expiring' }])))).toBe('unknown');
  });

  test('is not fine without keys either', () => {
    expect(verdictOf(overviewAt(now, liveResult([], ago(3))))).toBe('unknown');
    expect(verdictOf(overviewAt(now, liveResult([])))).toBe('fine');
  });

  test.each([
    [2, false],
    [2 + 1 / 86_400, true],
  ])('begins after the age that is allowed: %d days', (days, outdated) => {
    const inputs = [{ file: 'a', result: liveResult([], ago(days)) }];
    expect(overviewOf(inputs, now, 2 * dayMs).sources[0]?.outdated).toBe(outdated);
  });
});

test('a key is in its project, or in its sources if that is not known', () => {
  const [inKms] = overviewAt(now, liveResult([{}])).keys;
  const [inState] = overviewAt(now, stateResult([{}])).keys;
  expect(inKms && placeOf(inKms)).toBe('otc / eu-de / prod');
  expect(inState && placeOf(inState)).toBe('state "terraform.tfstate" of 0.json');
});
