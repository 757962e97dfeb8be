import { Token } from 'cdktf';
import { ByokProvider, ExternalKey, type ExternalKeyConfig } from 'cdktf-byok';
import { stackUnderTest, synthesized } from './stack-under-test';

test.each<[string, Partial<ExternalKeyConfig>, RegExp]>([
  [
    'an alias with a space',
    { alias: 'my key' },
    /alias is "my key"; allowed are 1 to 255 of the characters/,
  ],
  ['an empty alias', { alias: '' }, /alias is ""/],
  [
    'an alias of 256 characters',
    { alias: 'a'.repeat(256) },
    /alias is a text of 256 characters, which may be a secret and is not shown; allowed/,
  ],
  [
    'an alias that the service keeps for itself',
    { alias: 'kms/default' },
    /not ending in "\/default"/,
  ],
  [
    'a long description',
    { description: 'é'.repeat(256) },
    /description has 256 characters; allowed are at most 255 characters/,
  ],
  [
    'too few days',
    { pendingDays: 6 },
    /pendingDays is 6; allowed is a whole number from 7 to 1096/,
  ],
  ['half days', { pendingDays: 7.5 }, /pendingDays is 7.5/],
  [
    'an unknown spec',
    { keySpec: 'AES_128' as never },
    /keySpec is "AES_128"; allowed are "AES_256"/,
  ],
  [
    'an unknown policy',
    { onDestroy: 'delete' as never },
    /onDestroy is "delete"; allowed are "schedule_deletion", "retain"/,
  ],
  [
    'an unknown usage',
    { keyUsage: 'WRAP' as never },
    /keyUsage is "WRAP"; allowed for AES_256 are "ENCRYPT_DECRYPT"/,
  ],
  [
    'a symmetric key that signs',
    { keySpec: 'AES_256', keyUsage: 'SIGN_VERIFY' },
    /keyUsage is "SIGN_VERIFY"; allowed for AES_256 are/,
  ],
  [
    'a curve that encrypts',
    { keySpec: 'EC_P256', keyUsage: 'ENCRYPT_DECRYPT' },
    /allowed for EC_P256 are "SIGN_VERIFY"/,
  ],
  [
    'a tag without a name',
    { tags: { '': 'x' } },
    /tags holds the name ""; allowed are 1 to 36 characters/,
  ],
  [
    'a long tag',
    { tags: { team: 'x'.repeat(44) } },
    /tags gives "team" a text of 44 characters, .*; allowed are 0 to 43 characters/,
  ],
  [
    'a Map of tags',
    { tags: new Map([['team', 'x']]) as never },
    /tags is no plain object, and what it holds would be lost; allowed are texts by name/,
  ],
  ['inherited tags', { tags: Object.create({ team: 'x' }) }, /tags is no plain object/],
  [
    '21 tags',
    { tags: Object.fromEntries([...Array(21).keys()].map((n) => [`t${n}`, ''])) },
    /tags holds 21 tags; allowed are 20/,
  ],
  [
    'a timeout without a unit',
    { timeouts: { create: '10' } },
    /timeouts\.create is "10"; allowed is a whole number above 0 and a unit/,
  ],
])('refuses %s', (_, config, message) => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new ExternalKey(stack, 'it', { alias: 'payments', ...config });
  expect(() => synthesized(stack)).toThrow(message);
});

test('accepts the limits', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new ExternalKey(stack, 'a', {
    alias: 'a'.repeat(255),
    description: 'é'.repeat(255),
    pendingDays: 7,
  });
  new ExternalKey(stack, 'b', { alias: 'A-z_0:/9', description: '', pendingDays: 1096 });
  expect(Object.keys(synthesized(stack).resource.byok_external_key ?? {})).toEqual(['a', 'b']);
});

test('leaves to Terraform what only Terraform knows', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const later = { resolve: () => 'any thing' };
  new ExternalKey(stack, 'token', {
    alias: Token.asString(later),
    description: Token.asString(later),
    keySpec: Token.asAny(later),
    keyUsage: Token.asAny(later),
    onDestroy: Token.asAny(later),
    pendingDays: Token.asNumber(later),
    tags: { team: Token.asString(later) },
    timeouts: { create: Token.asString(later) },
  });
  new ExternalKey(stack, 'text', {
    alias: 'payments ${var.stage}',
    keyUsage: 'SIGN_VERIFY',
    keySpec: Token.asAny('${var.spec}'),
  });
  expect(() => synthesized(stack)).not.toThrow();
});

test('takes a doubled dollar for what it is: a dollar', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new ExternalKey(stack, 'it', { alias: '$${stage}' });
  expect(() => synthesized(stack)).toThrow(/alias is "\$\$\{stage\}"; allowed are 1 to 255/);
});

test('a key that is only named emits nothing', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const key = ExternalKey.fromKeyId(stack, 'key', '0d0466b0-e727-4d9c-b35d-f84bb474a37f');
  expect(key.keyId).toBe('0d0466b0-e727-4d9c-b35d-f84bb474a37f');
  expect(synthesized(stack).resource).toBeUndefined();
});

test('refuses to name a key by an id of another form', () => {
  const stack = stackUnderTest();
  ExternalKey.fromKeyId(stack, 'key', '0D0466B0-E727-4D9C-B35D-F84BB474A37F');
  expect(() => synthesized(stack)).toThrow(
    '[stack/key] keyId is "0D0466B0-E727-4D9C-B35D-F84BB474A37F"; allowed are 36 characters',
  );
});

test.each([Token.asString({ resolve: () => 'later' }), '${var.key_id}'])(
  'names a key by a reference',
  (keyId) => {
    const stack = stackUnderTest();
    ByokProvider.of(stack);
    expect(ExternalKey.fromKeyId(stack, 'key', keyId).keyId).toBe(keyId);
    expect(() => synthesized(stack)).not.toThrow();
  },
);
