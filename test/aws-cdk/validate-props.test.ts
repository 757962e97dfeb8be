import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import { Expiration, ImportedKey, type ImportedKeyProps } from 'cdktf-byok/aws-cdk';
import { newStack, propsIn } from './stack-under-test';

/** The messages of the validation; empty when there are none. */
function faultsOf(props: Partial<ImportedKeyProps>): readonly string[] {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack, props));
  return key.node.validate();
}

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

test.each<[string, Partial<ImportedKeyProps>]>([
  [
    'neither alias nor keyId is given; give alias to have a key made, or keyId for an existing one',
    { alias: undefined },
  ],
  [
    'alias and keyId are given together; give alias to have a key made, or keyId for an existing one',
    { keyId },
  ],
  [
    'neither region nor kmsEndpoint is given; give the region of the KMS, for example "ap-southeast-3", or "eu-de" of cloud "opentelekomcloud"',
    { region: undefined },
  ],
  [
    'keyId names an existing key, which is not changed here; leave out description, keyOnDestroy',
    { alias: undefined, keyId, description: 'a', keyOnDestroy: 'retain' },
  ],
  [
    'alias is "evs/default"; allowed are 1 to 255 of the characters a-z A-Z 0-9 : / _ -, not ending in "/default"',
    { alias: 'evs/default' },
  ],
  [
    'keyId is "payments"; allowed are 36 characters such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f"',
    { alias: undefined, keyId: 'payments' },
  ],
  [
    'fingerprint is "sha256:0"; allowed are "sha256:" and 64 hex digits, as "byok fingerprint" prints it',
    { fingerprint: 'sha256:0' },
  ],
  [
    'projectId is "eu-de"; allowed are 32 letters and digits, as the console shows them under "My Credentials"',
    { projectId: 'eu-de' },
  ],
  [
    'keySpec is "SM4"; allowed are "AES_256", "RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384"',
    { keySpec: 'SM4' as 'AES_256' },
  ],
  [
    'keyUsage is "SIGN_VERIFY"; allowed for AES_256 are "ENCRYPT_DECRYPT"',
    { keyUsage: 'SIGN_VERIFY' },
  ],
  [
    'description has 256 characters; allowed are at most 255 characters',
    { description: 'a'.repeat(256) },
  ],
  ['pendingDays is 6; allowed is a whole number from 7 to 1096', { pendingDays: 6 }],
  [
    'expiration is "2030-01-31T00:00:00Z", but the material of an asymmetric key (RSA_2048) never expires; leave it out, or give Expiration.never()',
    { keySpec: 'RSA_2048', expiration: Expiration.at('2030-01-31T00:00:00Z') },
  ],
  [
    'warnBefore is "soon"; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"',
    { warnBefore: 'soon' },
  ],
  [
    'expiration is "tomorrow"; allowed are an instant in whole seconds such as "2030-01-31T00:00:00Z", epoch seconds such as "1893456000", or "never"',
    { expiration: Expiration.at('tomorrow') },
  ],
  [
    'renewBefore is "7d", which is not shorter than validFor "7d", so the material would be renewed again and again; give a shorter one',
    { expiration: Expiration.rolling({ validFor: '7d', renewBefore: '7d' }) },
  ],
  [
    'validFor is "a week"; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"',
    { expiration: Expiration.rolling({ validFor: 'a week', renewBefore: '1d' }) },
  ],
  [
    'tags gives "owner" "a*"; allowed are 0 to 43 characters, none of them a control character or one of * < > \\ =',
    { tags: { owner: 'a*' } },
  ],
  [
    'warnBefore is "14d", which is not shorter than renewBefore "14d", so the alarm would ring before each renewal; give a shorter one',
    { warnBefore: '14d', expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) },
  ],
  [
    'removalPolicy is "retain", under which onDestroy "delete_material" would never come to act; leave one or the other out',
    { removalPolicy: RemovalPolicy.RETAIN, onDestroy: 'delete_material' },
  ],
  [
    'onDestroy is "delete_material" for a key given by keyId, which another construct or stack may still use; allowed are "retain" and "refuse"',
    { alias: undefined, keyId, onDestroy: 'delete_material' },
  ],
  [
    'removalPolicy is "snapshot", and there are no snapshots of keys; allowed are RETAIN, RETAIN_ON_UPDATE_OR_DELETE and DESTROY',
    { removalPolicy: RemovalPolicy.SNAPSHOT },
  ],
  [
    'checkEvery is 2 days; allowed are whole minutes, from one to a day',
    { checkEvery: Duration.days(2) },
  ],
])('refuses at synthesis: %s', (message, props) => {
  expect(faultsOf(props)).toEqual([message]);
});

test('lets tokens through', () => {
  const token = (name: string) => Token.asString({ Ref: name });
  const props = {
    alias: token('Alias'),
    fingerprint: token('Pin'),
    projectId: token('Project'),
    description: token('Text'),
  };
  expect(faultsOf({ ...props, expiration: Expiration.at(token('Expiry')) })).toEqual([]);
  const rolling = Expiration.rolling({ validFor: token('Validity'), renewBefore: '14d' });
  expect(faultsOf({ ...props, expiration: rolling, warnBefore: '3d' })).toEqual([]);
});

test('refuses more keys in a stack than their role can hold', () => {
  const stack = newStack();
  for (let number = 0; number < 16; number += 1) {
    new ImportedKey(stack, `Key${number}`, propsIn(stack, { alias: `key-${number}` }));
  }
  const [first] = stack.node.children.flatMap(({ node }) => node.validate());
  expect(first).toMatch(
    /^the stack has 16 imported keys; at most 15 are allowed, because IAM limits/,
  );
});
