import { Token } from 'cdktf';
import { ByokProvider } from '../../lib/cdktf/byok-provider';
import { ExternalKey } from '../../lib/cdktf/external-key';
import { stackUnderTest, synthesized } from './stack-under-test';

test.each([
  ['an alias with a space', { alias: 'my key' }, /alias is "my key"; allowed are 1 to 255 of the characters/],
  ['an empty alias', { alias: '' }, /alias is ""/],
  ['an alias of 256 characters', { alias: 'a'.repeat(256) }, /alias is "a+"/],
  ['an alias that the service keeps for itself', { alias: 'kms/default' }, /not ending in "\/default"/],
  ['a long description', { description: 'é'.repeat(256) }, /description has 256 characters; allowed are up to 255/],
  ['too few days', { pendingDays: 6 }, /pendingDays is 6; allowed is a whole number from 7 to 1096/],
  ['half days', { pendingDays: 7.5 }, /pendingDays is 7.5/],
  ['an unknown spec', { keySpec: 'AES_128' }, /keySpec is "AES_128"; allowed are "AES_256"/],
  ['an unknown policy', { onDestroy: 'delete' }, /onDestroy is "delete"; allowed are "schedule_deletion", "retain"/],
])('refuses %s', (_, config, message) => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new ExternalKey(stack, 'it', { alias: 'payments', ...config });
  expect(() => synthesized(stack)).toThrow(message);
});

test('accepts the limits', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  new ExternalKey(stack, 'a', { alias: 'a'.repeat(255), description: 'é'.repeat(255), pendingDays: 7 });
  new ExternalKey(stack, 'b', { alias: 'A-z_0:/9', description: '', pendingDays: 1096 });
  expect(Object.keys(synthesized(stack).resource.byok_external_key ?? {})).toEqual(['a', 'b']);
});

test('leaves to Terraform what only Terraform knows', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const later = { resolve: () => 'any thing' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
  new ExternalKey(stack, 'it', { alias: '${var.alias}', onDestroy: Token.asString(later), pendingDays: Token.asNumber(later) });
  expect(() => synthesized(stack)).not.toThrow();
});
