/** The matchers as users write them, and what they say when they fail. The calls that must not compile are the test of their types. */
import { stripVTControlCharacters } from 'node:util';
import { expect as importedExpect } from '@jest/globals';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterial,
  KeyMaterialEngine,
  KeyMaterialSource,
} from 'cdktf-byok';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import type { Construct } from 'constructs';
import { scratchFolder } from '../support/scratch-folder';

expect.extend(byokMatchers);
importedExpect.extend(byokMatchers);

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
const pin = `sha256:${'0a'.repeat(32)}`;

/** A stack with an imported key for each of these, called key0, key1 … unless they have an alias. */
function stackWith(...keys: Partial<ImportedKeyProps>[]): (stack: Construct) => void {
  return (stack) => {
    keys.forEach((props, index) => {
      const alias = props.alias ?? `key${index}`;
      new ImportedKey(stack, alias, { source, ...props, alias });
    });
  };
}

/** What a matcher says when it fails, without colours. */
function failureOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return stripVTControlCharacters((error as Error).message);
  }
  throw new Error('the expectation holds');
}

const none = synth(() => undefined);

const untilVariable = synth((stack) => {
  const until = new TerraformVariable(stack, 'until', { type: 'string' }).stringValue;
  stackWith({ expiration: Expiration.at(until) })(stack);
});

const adoptedKey = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

const adopted = synth((stack) => {
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'adopted', { keyId: adoptedKey, materialEnv: 'KEY' });
});

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
    ['what destroy does to the key', { alias: 'payments', keyOnDestroy: 'retain', onDestroy: 'retain' }],
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
    expect(failureOf(() => expect(none).toImportKeyMaterial())).toContain('expected an import of key material, but the stack imports none');
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
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
    expect(failure).toContain('has expirationTime "${var.until}"');
  });

  test('material in a key from elsewhere is told by the id of that key', () => {
    expect(adopted).toImportKeyMaterial({
      keyId: adoptedKey,
      materialEnv: 'KEY',
      alias: undefined,
      expirationTime: undefined,
    });
    expect(failureOf(() => expect(adopted).toImportKeyMaterial({ alias: 'adopted' }))).toContain('byok_key_material.adopted has no alias');
  });

  test('refuses a property that no import has', () => {
    // @ts-expect-error: the compiler refuses it too
    expect(failureOf(() => expect(payments).toImportKeyMaterial({ fingerprints: pin }))).toMatch(
      /^"fingerprints" is expected of an import, which has no such property; allowed are alias, allowInterruption, .*, wrappingAlgorithm$/,
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

describe('an import by hooks', () => {
  const props = {
    source: KeyMaterialSource.fromCommand(['vault', "it's here", '--field=key']),
    expiration: Expiration.at('2030-01-31T00:00:00Z'),
    wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
    fingerprint: pin,
    onDestroy: 'delete_material',
    allowInterruption: false,
    allowWeakMaterial: true,
  } as const;
  const hooked = (changed: Partial<ImportedKeyProps>) =>
    synth((stack) => {
      const key = ExternalKey.fromKeyId(stack, 'key', adoptedKey);
      new ImportedKey(stack, 'payments', { ...props, key, engine: KeyMaterialEngine.hooks(), ...changed });
    });

  test('is an import like that of the provider', () => {
    const byHooks = hooked({});
    const byProvider = hooked({ engine: KeyMaterialEngine.provider() });
    expect(byHooks.imports.map(({ attributes }) => attributes)).toEqual(byProvider.imports.map(({ attributes }) => attributes));
    expect(byHooks).toImportKeyMaterial({
      keyId: adoptedKey,
      materialCommand: ['vault', "it's here", '--field=key'],
      onDestroy: 'delete_material',
    });
    expect(byHooks).toExpireBefore('2030-01-31T00:00:01Z');
    expect(failureOf(() => expect(byHooks).toExpireBefore('2029-01-01T00:00:00Z'))).toMatch(/null_resource\.payments_\w+ expires on 2030/);
  });

  test('may have its values from references, and no fixed expiry', () => {
    const rolling = hooked({
      source: KeyMaterialSource.fromFile('/a b/c.key', { encoding: 'hex' }),
      expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
      fingerprint: '${var.pin}',
      onDestroy: 'retain',
    });
    expect(rolling).toImportKeyMaterial({
      materialFile: '/a b/c.key',
      materialEncoding: 'hex',
      validFor: '90d',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
      fingerprint: '${var.pin}',
      onDestroy: 'retain',
    });
    expect(rolling).toExpireBefore(new Date(Date.now() + 91 * 24 * 60 * 60 * 1000));
  });
});

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
    expect(failureOf(() => expect(fixed).toExpireBefore('2029-01-01T00:00:00Z'))).toMatchInlineSnapshot(`
      "expect(stack).toExpireBefore(instant)

      expected every import of key material to expire before "2029-01-01T00:00:00Z", but
        byok_key_material.key0_4E92C725 expires on 2030-01-31T00:00:00Z: expirationTime is "2030-01-31T00:00:00Z""
    `);
  });

  test('counts a rolling expiry from the moment of the import', () => {
    expect(rolling).toExpireBefore('2027-02-21T12:00:01Z', { now });
    expect(rolling).not.toExpireBefore('2027-02-21T12:00:00Z', { now });
    expect(failureOf(() => expect(rolling).toExpireBefore('2027-01-01T00:00:00Z', { now }))).toContain(
      'expires on 2027-02-21T12:00:00Z: validFor is "90d", counted from 2026-11-23T12:00:00Z',
    );
  });

  test('counts it from the real time when none is given', () => {
    const in91Days = new Date(Date.now() + 91 * 24 * 60 * 60 * 1000);
    const in89Days = new Date(Date.now() + 89 * 24 * 60 * 60 * 1000);
    expect(rolling).toExpireBefore(in91Days);
    expect(rolling).not.toExpireBefore(in89Days);
  });

  test.each([
    ['is declared to', { expiration: Expiration.never() }, 'never expires: expirationTime is "never"'],
    ['declares nothing', {}, 'never expires: no expiration is declared'],
  ])('fails for material that never expires, since it %s', (_, props, message) => {
    expect(failureOf(() => expect(synth(stackWith(props))).toExpireBefore('2200-12-31T00:00:00Z'))).toContain(message);
  });

  test('fails when one of several expires too late, and names no other', () => {
    const several = stackWith({ alias: 'early', expiration: Expiration.at('2030-01-31T00:00:00Z') }, { alias: 'late' });
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
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
      ['an expiry that only Terraform knows', untilVariable, 'is "${var.until}", which only Terraform knows'],
      ['material without an expiry in a key from elsewhere', adopted, 'keeps the one it has'],
    ])('fails for %s, of which nothing can be told', (__, subject, message) => {
      expect(failureOf(() => expecting(subject).toExpireBefore('2031-01-01T00:00:00Z'))).toContain(message);
    });

    test.each(['never', 'tomorrow', new Date('tomorrow')])('refuses %p as the instant', (instant) => {
      expect(failureOf(() => expecting(fixed).toExpireBefore(instant))).toContain('allowed is a Date, or RFC 3339');
    });
  });
});

describe('what is received', () => {
  function paymentsStack(): TerraformStack {
    const stack = new TerraformStack(Testing.app({ outdir: scratchFolder() }), 'stack');
    stackWith({ alias: 'payments' })(stack);
    return stack;
  }

  test.each<[string, () => unknown]>([
    ['a stack', paymentsStack],
    ['the text that Testing.synth returns', () => Testing.synth(paymentsStack())],
    ['the same, parsed', () => JSON.parse(Testing.synth(paymentsStack()))],
    ['one import', () => synth(stackWith({ alias: 'payments' })).findImport('payments')],
  ])('may be %s', (_, make) => {
    expect(make()).toImportKeyMaterial({ alias: 'payments' });
    expect(make()).not.toImportKeyMaterial({ alias: 'cards' });
  });

  test.each([
    [undefined, 'what is tested is of type undefined; allowed are a stack'],
    [null, 'what is tested is null'],
    ['resource {}', 'text that is no JSON'],
    [stackWith({}), 'what is tested is of type function'],
  ])('fails for %p, whether negated or not', (received, message) => {
    expect(failureOf(() => expect(received).toImportKeyMaterial())).toContain(message);
    expect(failureOf(() => expect(received).not.toImportKeyMaterial())).toContain(message);
  });
});
