import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { ByokProvider } from '../../lib/cdktf/byok-provider';
import { packageVersion } from '../mirror/fake-bundle';
import { stackUnderTest, synthesized } from './stack-under-test';

test('requires the provider of this very release, from a host that no registry serves', () => {
  const stack = stackUnderTest();
  new ByokProvider(stack, 'byok');
  expect(synthesized(stack).terraform.required_providers).toEqual({
    byok: { source: 'terraform.local/cdktf-byok/byok', version: packageVersion },
  });
});

test('of makes one provider per stack, configured by the environment alone', () => {
  const stack = stackUnderTest();
  const inner = new Construct(stack, 'inner');
  expect(ByokProvider.of(inner)).toBe(ByokProvider.of(stack));
  expect(synthesized(stack).provider).toEqual({ byok: [{}] });
});

test('of finds the declared provider wherever it stands in the stack', () => {
  const stack = stackUnderTest();
  const provider = new ByokProvider(new Construct(stack, 'inner'), 'any id', { region: 'eu-de' });
  expect(ByokProvider.of(new Construct(stack, 'other'))).toBe(provider);
});

test('of passes over providers with an alias', () => {
  const stack = stackUnderTest();
  const other = new ByokProvider(stack, 'byok', { alias: 'nl', region: 'eu-nl' });
  expect(ByokProvider.of(stack)).not.toBe(other);
  expect(synthesized(stack).provider.byok).toEqual([{ alias: 'nl', region: 'eu-nl' }, {}]);
});

test('a provider declared later takes the place of an implied one', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const declared = new ByokProvider(stack, 'byok', { region: 'eu-de' });
  expect(ByokProvider.of(stack)).toBe(declared);
  expect(synthesized(stack).provider).toEqual({ byok: [{ region: 'eu-de' }] });
});

test('takes a token from an ephemeral variable', () => {
  const stack = stackUnderTest();
  const token = new TerraformVariable(stack, 'token', { type: 'string', sensitive: true });
  token.addOverride('ephemeral', true);
  new ByokProvider(stack, 'byok', { authToken: token.stringValue });
  expect(synthesized(stack).provider).toEqual({ byok: [{ auth_token: '${var.token}' }] });
});

test('writes a relative path of certificates from the folder in which Terraform runs', () => {
  const stack = stackUnderTest();
  new ByokProvider(stack, 'byok', { caFile: 'certs/ca.pem' });
  expect(synthesized(stack).provider).toEqual({ byok: [{ ca_file: '../../../certs/ca.pem' }] });
});

test.each([
  ['authToken', 'HW_AUTH_TOKEN or OS_AUTH_TOKEN'],
  ['password', 'HW_USER_PASSWORD or OS_PASSWORD'],
  ['secretKey', 'HW_SECRET_KEY or OS_SECRET_KEY'],
  ['securityToken', 'HW_SECURITY_TOKEN or OS_SECURITY_TOKEN'],
])('refuses a literal %s without showing it', (property, variables) => {
  const declare = () => new ByokProvider(stackUnderTest(), 'byok', { [property]: 'MIIEpAIBAA' });
  expect(declare).toThrow(new RegExp(`^${property} is given as a literal .* ${variables}`));
  expect(declare).not.toThrow(/MIIEpAIBAA/);
});

test('refuses two providers without an alias', () => {
  const stack = stackUnderTest();
  new ByokProvider(stack, 'a');
  new ByokProvider(stack, 'b');
  expect(() => synthesized(stack)).toThrow(
    '[stack/b] the stack "stack" has 2 ByokProvider with no alias; give each but one an alias of its own',
  );
});

test('refuses two providers of the same alias', () => {
  const stack = stackUnderTest();
  new ByokProvider(stack, 'a', { alias: 'nl' });
  new ByokProvider(stack, 'b', { alias: 'nl' });
  expect(() => synthesized(stack)).toThrow(/2 ByokProvider with the alias "nl"/);
});
