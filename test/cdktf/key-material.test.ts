import { ByokProvider } from '../../lib/cdktf/byok-provider';
import { KeyMaterial, type KeyMaterialConfig } from '../../lib/cdktf/key-material';
import { stackUnderTest, synthesized } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

test.each<[string, Partial<KeyMaterialConfig>, RegExp]>([
  ['a key id of another form', { keyId: 'payments' }, /keyId is "payments"; allowed are 36 characters/],
  ['two sources', { materialFile: 'a', materialEnv: 'B' }, /materialFile and materialEnv are given together/],
  ['an unknown algorithm', { wrappingAlgorithm: 'RSA' }, /wrappingAlgorithm is "RSA"; allowed are "RSAES_OAEP_SHA_256", /],
  ['an unknown encoding', { materialEncoding: 'base32' }, /materialEncoding is "base32"/],
  ['a short fingerprint', { fingerprint: 'sha256:00' }, /fingerprint is "sha256:00"/],
  ['an expiry that is no instant', { expirationTime: 'tomorrow' }, /expiration_time is "tomorrow"/],
])('refuses %s', (_, config, message) => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'it', { keyId, ...config });
  expect(() => synthesized(stack)).toThrow(message);
});

test.each(['c2VjcmV0', ''])('refuses literal material without showing it', (materialWo) => {
  const declare = () => new KeyMaterial(stackUnderTest(), 'it', { keyId, materialWo });
  expect(declare).toThrow(/^materialWo is given as a literal .*KeyMaterialSource.fromVariable/);
  expect(declare).not.toThrow(/c2VjcmV0/);
});

test('accepts epoch seconds and an expiry in the past, which is for the plan to judge', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'it', { keyId, expirationTime: '1' });
  expect(() => synthesized(stack)).not.toThrow();
});
