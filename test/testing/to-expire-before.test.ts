/** The matcher as users write it, and what it says when it fails. */
import { expect as importedExpect } from '@jest/globals';
import { Expiration } from 'cdktf-byok';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import { adopted, failureOf, none, stackWith, untilVariable } from './matched-stacks';

expect.extend(byokMatchers);
importedExpect.extend(byokMatchers);

describe('toExpireBefore', () => {
  const now = () => new Date('2026-11-23T12:00:00Z');
  const fixed = synth(stackWith({ expiration: Expiration.at('2030-01-31T00:00:00Z') }));
  const rolling = synth(
    stackWith({
      expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
    }),
  );

  test('holds for a fixed expiry before the instant, and fails for one at it or after it', () => {
    expect(fixed).toExpireBefore('2030-01-31T00:00:01Z');
    expect(fixed).toExpireBefore(new Date('2030-01-31T00:00:01Z'));
    expect(fixed).not.toExpireBefore('2030-01-31T00:00:00Z');
    importedExpect(fixed).toExpireBefore('2030-01-31T00:00:01Z');
    expect(
      failureOf(() => expect(fixed).toExpireBefore('2029-01-01T00:00:00Z')),
    ).toMatchInlineSnapshot(`
      "expect(stack).toExpireBefore(instant)

      expected every import of key material to expire before "2029-01-01T00:00:00Z", but
        byok_key_material.key0_4E92C725 expires on 2030-01-31T00:00:00Z: expirationTime is "2030-01-31T00:00:00Z""
    `);
  });

  test('counts a rolling expiry from the moment of the import', () => {
    expect(rolling).toExpireBefore('2027-02-21T12:00:01Z', { now });
    expect(rolling).not.toExpireBefore('2027-02-21T12:00:00Z', { now });
    expect(
      failureOf(() => expect(rolling).toExpireBefore('2027-01-01T00:00:00Z', { now })),
    ).toContain(
      'expires on 2027-02-21T12:00:00Z: validFor is "90d", counted from 2026-11-23T12:00:00Z',
    );
  });

  test('counts it from the real time when none is given', () => {
    const in91Days = new Date(Date.now() + 91 * 24 * 60 * 60 * 1000);
    const in89Days = new Date(Date.now() + 89 * 24 * 60 * 60 * 1000);
    expect(rolling).toExpireBefore(in91Days);
    expect(rolling).not.toExpireBefore(in89Days);
  });

  test('refuses a validity beyond the longest, whose end no Date may hold', () => {
    const attributes = { key_id: 'k', valid_for: '999999999d', renew_before: '1d' };
    const written = { resource: { byok_key_material: { it: attributes } } };
    expect(() => expect(written).toExpireBefore('2200-12-31T00:00:00Z', { now })).toThrow(
      'validFor is "999999999d"; allowed are up to 36500d',
    );
  });

  test.each([
    [
      'is declared to',
      { expiration: Expiration.never() },
      'never expires: expirationTime is "never"',
    ],
    ['declares nothing', {}, 'never expires: no expiration is declared'],
  ])('fails for material that never expires, since it %s', (_, props, message) => {
    expect(
      failureOf(() => expect(synth(stackWith(props))).toExpireBefore('2200-12-31T00:00:00Z')),
    ).toContain(message);
  });

  test('fails when one of several expires too late, and names no other', () => {
    const several = stackWith(
      { alias: 'early', expiration: Expiration.at('2030-01-31T00:00:00Z') },
      { alias: 'late' },
    );
    const failure = failureOf(() => expect(synth(several)).toExpireBefore('2031-01-01T00:00:00Z'));
    expect(failure).toMatch(/byok_key_material\.late_\w+ never expires/);
    expect(failure).not.toContain('early');
    expect(synth(several).findImport('early')).toExpireBefore('2031-01-01T00:00:00Z');
    expect(synth(several).findImport('late')).not.toExpireBefore('2031-01-01T00:00:00Z');
  });

  test('negated, fails with when each expires', () => {
    expect(failureOf(() => expect(fixed).not.toExpireBefore('2031-01-01T00:00:00Z'))).toMatch(
      /expected not every import of key material to expire before "2031-01-01T00:00:00Z", but\n {2}byok_key_material\.key0_\w+ expires on 2030-01-31T00:00:00Z: expirationTime is "2030-01-31T00:00:00Z"$/,
    );
  });

  describe.each([
    ['plainly', (subject: unknown) => expect(subject)],
    ['negated', (subject: unknown) => expect(subject).not],
  ])('%s', (_, expecting) => {
    test.each([
      ['a stack without an import', none, 'the stack imports no key material'],
      [
        'an expiry that only Terraform knows',
        untilVariable,
        'is "${var.until}", which only Terraform knows',
      ],
      ['material without an expiry in a key from elsewhere', adopted, 'keeps the existing one'],
    ])('fails for %s, of which nothing can be told', (__, subject, message) => {
      expect(failureOf(() => expecting(subject).toExpireBefore('2031-01-01T00:00:00Z'))).toContain(
        message,
      );
    });

    test.each(['never', 'tomorrow', new Date('tomorrow')])(
      'refuses %p as the instant',
      (instant) => {
        expect(failureOf(() => expecting(fixed).toExpireBefore(instant))).toContain(
          'allowed is a Date, or RFC 3339',
        );
      },
    );
  });
});
