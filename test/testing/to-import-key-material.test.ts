/**
 * The matcher as users write it, and what it says when it fails. The calls that must not compile
 * are the test of its type.
 */
import { expect as importedExpect } from '@jest/globals';
import { Expiration, KeyMaterialSource } from 'cdktf-byok';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import {
  adopted,
  adoptedKey,
  failureOf,
  none,
  pin,
  stackWith,
  untilVariable,
} from './matched-stacks';

expect.extend(byokMatchers);
importedExpect.extend(byokMatchers);

describe('toImportKeyMaterial', () => {
  const payments = synth(
    stackWith(
      {
        alias: 'payments',
        fingerprint: pin,
        expiration: Expiration.at('2030-01-31T00:00:00Z'),
        tags: { team: 'cards' },
        keyOnDestroy: 'retain',
      },
      {
        alias: 'signing',
        keySpec: 'EC_P256',
        wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
        onDestroy: 'refuse',
      },
      {
        alias: 'rolling',
        expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
        source: KeyMaterialSource.fromFile('/a/b.key'),
      },
    ),
  );

  test.each<[string, Parameters<jest.JestMatchers<unknown>['toImportKeyMaterial']>[0]]>([
    ['nothing more', undefined],
    ['an alias', { alias: 'payments' }],
    ['a pin, given or any', { fingerprint: pin, alias: expect.stringMatching(/^pay/) }],
    ['an expiry in another spelling', { expirationTime: '2030-01-31T01:00:00+01:00' }],
    ['an expiry as a Date', { expirationTime: new Date('2030-01-31T00:00:00Z') }],
    ['an expiry by an asymmetric matcher', { expirationTime: expect.stringMatching(/^2030-/) }],
    [
      'a rolling expiry',
      {
        alias: 'rolling',
        validFor: '90d',
        renewBefore: '14d',
        expirationTime: undefined,
      },
    ],
    ['no expiry', { alias: 'signing', expirationTime: 'never' }],
    ['tags', { tags: { team: 'cards' } }],
    [
      'what destroy does to the key',
      { alias: 'payments', keyOnDestroy: 'retain', onDestroy: 'retain' },
    ],
    [
      'what destroy does to the material',
      {
        alias: 'signing',
        keyOnDestroy: 'schedule_deletion',
        onDestroy: 'refuse',
      },
    ],
    ['a source', { alias: 'rolling', materialFile: '/a/b.key' }],
    [
      'the defaults',
      {
        alias: 'payments',
        keySpec: 'AES_256',
        keyUsage: 'ENCRYPT_DECRYPT',
        wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        pendingDays: 7,
      },
    ],
    ['the usage that follows from a spec', { keySpec: 'EC_P256', keyUsage: 'SIGN_VERIFY' }],
  ])('holds for %s', (_, expected) => {
    expect(payments).toImportKeyMaterial(expected);
    importedExpect(payments).toImportKeyMaterial(expected);
  });

  test('fails with the properties that every import has instead', () => {
    expect(
      failureOf(() =>
        expect(payments).toImportKeyMaterial({
          alias: 'payments',
          wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
          description: 'cards',
        }),
      ),
    ).toMatchInlineSnapshot(`
      "expect(stack).toImportKeyMaterial(expected)

      expected an import of key material with alias "payments", wrappingAlgorithm "RSAES_OAEP_SHA_1", description "cards", but
        byok_key_material.payments_5AA7C358 has wrappingAlgorithm "RSAES_OAEP_SHA_256", no description
        byok_key_material.rolling_EDB47759 has alias "rolling", wrappingAlgorithm "RSAES_OAEP_SHA_256", no description
        byok_key_material.signing_B60554FF has alias "signing", no description"
    `);
  });

  test('fails for properties that stand in two imports, but not together', () => {
    const failure = failureOf(() =>
      expect(payments).toImportKeyMaterial({
        alias: 'payments',
        onDestroy: 'refuse',
      }),
    );
    expect(failure).toContain('has onDestroy "retain"\n');
  });

  test('fails for a stack without an import', () => {
    expect(failureOf(() => expect(none).toImportKeyMaterial())).toContain(
      'expected an import of key material, but the stack imports none',
    );
    expect(none).not.toImportKeyMaterial();
  });

  test('negated, fails with the import that there should not be', () => {
    expect(payments).not.toImportKeyMaterial({
      alias: 'payments',
      fingerprint: undefined,
    });
    expect(
      failureOf(() =>
        expect(payments).not.toImportKeyMaterial({
          wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
        }),
      ),
    ).toMatchInlineSnapshot(`
      "expect(stack).not.toImportKeyMaterial(expected)

      expected no import of key material with wrappingAlgorithm "RSAES_OAEP_SHA_1", but there is
        byok_key_material.signing_B60554FF"
    `);
  });

  test('fails for an expiry that only Terraform knows', () => {
    const failure = failureOf(() =>
      expect(untilVariable).toImportKeyMaterial({
        expirationTime: '2030-01-31T00:00:00Z',
      }),
    );
    expect(failure).toContain('has expirationTime "${var.until}"');
  });

  test('material in a key from elsewhere is told by the id of that key', () => {
    expect(adopted).toImportKeyMaterial({
      keyId: adoptedKey,
      materialEnv: 'KEY',
      alias: undefined,
      expirationTime: undefined,
    });
    expect(failureOf(() => expect(adopted).toImportKeyMaterial({ alias: 'adopted' }))).toContain(
      'byok_key_material.adopted has no alias',
    );
  });

  test('refuses a property that no import has', () => {
    // @ts-expect-error: the compiler refuses it too
    expect(failureOf(() => expect(payments).toImportKeyMaterial({ fingerprints: pin }))).toMatch(
      /^an import of key material has no property "fingerprints" \(did you mean "fingerprint"\?\); allowed are alias, allowInterruption, .*, wrappingAlgorithm$/,
    );
  });

  test('is typed, for the global expect as for the imported one', () => {
    const wrong = { wrappingAlgorithm: 'ROT_13' } as const;
    // @ts-expect-error: no such algorithm
    expect(payments).not.toImportKeyMaterial(wrong);
    // @ts-expect-error: no such algorithm
    importedExpect(payments).not.toImportKeyMaterial(wrong);
  });
});
