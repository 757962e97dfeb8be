import { Testing, Token } from 'cdktf';
import { ByokProvider, Expiration, KeyMaterial, type KeyMaterialConfig } from 'cdktf-byok';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder, toBeRemoved } from '../support/scratch-folder';
import { annotationsOf, stackUnderTest, synthesized } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

const secret = '${var.secret}';

const preWrapped = { importTokenWo: secret, encryptedKeyMaterialWo: secret };

const anInstant = /expirationTime is ".*"; allowed are an instant in whole seconds such as/;

test.each<[string, Partial<KeyMaterialConfig>, RegExp]>([
  [
    'a key id of another form',
    { keyId: 'payments' },
    /keyId is "payments"; allowed are 36 characters/,
  ],
  [
    'two sources',
    { materialFile: 'a', materialEnv: 'B' },
    /materialFile and materialEnv are given together; allowed is one source/,
  ],
  [
    'an empty command',
    { materialCommand: [] },
    /materialCommand is empty; give a program and its arguments/,
  ],
  [
    'a version of a source that shows its changes',
    { materialFile: 'a', materialWoVersion: 1 },
    /materialWoVersion is given without materialWo or/,
  ],
  [
    'an unknown algorithm',
    { wrappingAlgorithm: 'RSA' as never },
    /wrappingAlgorithm is "RSA"; allowed are "RSAES_OAEP_SHA_256", /,
  ],
  ['an unknown encoding', { materialEncoding: 'base32' as never }, /materialEncoding is "base32"/],
  [
    'an unknown policy',
    { onDestroy: 'delete' as never },
    /onDestroy is "delete"; allowed are "retain", "delete_material", "refuse"/,
  ],
  ['a short fingerprint', { fingerprint: 'sha256:00' }, /fingerprint is "sha256:00"/],
  [
    'a token without what it was made for',
    { importTokenWo: secret },
    /importTokenWo is given without encryptedKeyMaterialWo/,
  ],
  [
    'wrapped material without its token',
    { encryptedKeyMaterialWo: secret },
    /encryptedKeyMaterialWo is given without importTokenWo/,
  ],
  [
    'a wrapped private key alone',
    { encryptedPrivatekeyWo: secret },
    /encryptedPrivatekeyWo is given without importTokenWo/,
  ],
  [
    'a pin of wrapped material',
    { ...preWrapped, fingerprint: `sha256:${'0'.repeat(64)}` },
    /fingerprint and importTokenWo are given together; material that was wrapped elsewhere cannot be compared/,
  ],
  [
    'wrapped material that rolls',
    { ...preWrapped, validFor: '2d', renewBefore: '1d' },
    /validFor and importTokenWo are given together; material that was wrapped elsewhere cannot be renewed here/,
  ],
  [
    'two passwords',
    { materialPasswordWo: secret, materialPasswordEnv: 'P' },
    /materialPasswordEnv and materialPasswordWo are given together/,
  ],
  ['an expiry that is no instant', { expirationTime: 'tomorrow' }, anInstant],
  ['a day that does not exist', { expirationTime: '2030-02-30T00:00:00Z' }, anInstant],
  ['an instant without a zone', { expirationTime: '2030-01-31T00:00:00' }, anInstant],
  ['a date without a time', { expirationTime: '2030-01-31' }, anInstant],
  ['an instant beyond what the KMS takes', { expirationTime: '2300-01-01T00:00:00Z' }, anInstant],
  ['fractions of a second', Expiration.at(new Date(1)).bind(), anInstant],
  ['an invalid Date', Expiration.at(new Date(Number.NaN)).bind(), anInstant],
  [
    'a fixed expiry that rolls',
    { expirationTime: 'never', validFor: '2d', renewBefore: '1d' },
    /expirationTime and validFor are given together/,
  ],
  [
    'a validity without a window',
    { validFor: '90d' },
    /validFor is given without renewBefore; a rolling expiry needs both/,
  ],
  [
    'a window without a validity',
    { renewBefore: '14d' },
    /renewBefore is given without validFor; a rolling expiry needs both/,
  ],
  [
    'a window as long as the validity',
    { validFor: '14d', renewBefore: '14d' },
    /renewBefore is "14d", which is not shorter than validFor "14d"/,
  ],
  [
    'a window longer than the validity',
    { validFor: '36h', renewBefore: '2d' },
    /renewBefore is "2d", which is not shorter than validFor "36h"/,
  ],
  [
    'a validity that is no duration',
    { validFor: 'soon', renewBefore: '14d' },
    /validFor is "soon"; allowed is a whole number above 0 and a unit/,
  ],
  [
    'a window without a unit',
    { validFor: '90d', renewBefore: '14' },
    /renewBefore is "14"; allowed is a whole number/,
  ],
  [
    'a warning that is no duration',
    { warnBefore: '2w' },
    /warnBefore is "2w"; allowed is a whole number/,
  ],
  [
    'a timeout that is no duration',
    { timeouts: { delete: 'long' } },
    /timeouts\.delete is "long"; allowed is a whole number/,
  ],
])('refuses %s', (_, config, message) => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'it', { keyId, ...config });
  expect(() => synthesized(stack)).toThrow(message);
});

test.each(['c2VjcmV0', '', 'prefix-of-${var.secret}'])(
  'refuses literal material without showing it',
  (materialWo) => {
    const declare = () => new KeyMaterial(stackUnderTest(), 'it', { keyId, materialWo });
    expect(declare).toThrow(/^materialWo is given as a literal .*KeyMaterialSource.fromVariable/);
    expect(declare).not.toThrow(/c2VjcmV0|prefix/);
  },
);

test.each(['materialEnv', 'materialPasswordEnv'])(
  'refuses a %s that looks like the value, without showing it',
  (property) => {
    const stack = stackUnderTest();
    new KeyMaterial(stack, 'it', { keyId, [property]: 'c2VjcmV0IHNlY3JldA==' });
    const synth = () => synthesized(stack);
    expect(synth).toThrow(`${property} is no name of an environment variable (not shown`);
    expect(synth).not.toThrow(/c2VjcmV0/);
  },
);

test('leaves to Terraform what only Terraform knows', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const later = { resolve: () => 'any thing' };
  const text = Token.asString(later);
  for (const [id, expiry] of Object.entries({ token: text, text: 'in ${var.days} days' })) {
    const given = {
      keyId: expiry,
      materialEnv: expiry,
      fingerprint: expiry,
      warnBefore: expiry,
      timeouts: { read: expiry },
    };
    new KeyMaterial(stack, `${id} fixed`, { ...given, expirationTime: expiry });
    new KeyMaterial(stack, `${id} rolling`, { ...given, validFor: expiry, renewBefore: '90d' });
    new KeyMaterial(stack, `${id} window`, { ...given, validFor: '1d', renewBefore: expiry });
  }
  const any = Token.asAny(later);
  new KeyMaterial(stack, 'unions', {
    keyId: text,
    materialEncoding: any,
    wrappingAlgorithm: any,
    onDestroy: any,
  });
  expect(() => synthesized(stack)).not.toThrow();
});

test.each(['1', '2001-09-09T01:46:40Z'])(
  'warns of an expiry in the past and does not fail, since destroying synthesizes, too',
  (expirationTime) => {
    const stack = stackUnderTest({ 'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder });
    ByokProvider.of(stack);
    new KeyMaterial(stack, 'it', { keyId, expirationTime });
    expect(annotationsOf(stack)).toEqual([
      [
        'stack/it',
        '@cdktf/warn',
        expect.stringContaining(
          `expirationTime is "${expirationTime}", which is past, so that the KMS has deleted`,
        ),
      ],
    ]);
    expect(() => toBeRemoved(Testing.fullSynth(stack))).not.toThrow();
  },
);

test.each(['never', '2100-01-01T00:00:00Z', 'tomorrow', undefined])(
  'does not warn of an expiry of %s',
  (expirationTime) => {
    const stack = stackUnderTest();
    new KeyMaterial(stack, 'it', { keyId, expirationTime });
    expect(annotationsOf(stack)).toEqual([]);
  },
);
