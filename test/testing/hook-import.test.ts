/** The matchers where hooks import the material. */
import {
  Expiration,
  ExternalKey,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialEngine,
  KeyMaterialSource,
} from 'cdktf-byok';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import { adoptedKey, failureOf, pin } from './matched-stacks';

expect.extend(byokMatchers);

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
      new ImportedKey(stack, 'payments', {
        ...props,
        key,
        engine: KeyMaterialEngine.hooks(),
        ...changed,
      });
    });

  test('is an import like that of the provider', () => {
    const byHooks = hooked({});
    const byProvider = hooked({ engine: KeyMaterialEngine.provider() });
    expect(byHooks.imports.map(({ attributes }) => attributes)).toEqual(
      byProvider.imports.map(({ attributes }) => attributes),
    );
    expect(byHooks).toImportKeyMaterial({
      keyId: adoptedKey,
      materialCommand: ['vault', "it's here", '--field=key'],
      onDestroy: 'delete_material',
    });
    expect(byHooks).toExpireBefore('2030-01-31T00:00:01Z');
    expect(failureOf(() => expect(byHooks).toExpireBefore('2029-01-01T00:00:00Z'))).toMatch(
      /null_resource\.payments_\w+ expires on 2030/,
    );
  });

  test('may have its values from references, and no fixed expiry', () => {
    const rolling = hooked({
      source: KeyMaterialSource.fromFile('/a b/c.key', { encoding: 'hex' }),
      expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
      fingerprint: '${var.pin}',
      onDestroy: 'retain',
    });
    expect(rolling).toImportKeyMaterial({
      materialFile: '/a b/c.key',
      materialEncoding: 'hex',
      validFor: '90d',
      fingerprint: '${var.pin}',
      onDestroy: 'retain',
    });
    expect(rolling).toExpireBefore(new Date(Date.now() + 91 * 24 * 60 * 60 * 1000));
  });
});
