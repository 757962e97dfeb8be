/** Properties that TypeScript would not let a person forget, and JavaScript does. */
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialSource,
  KmsCredentials,
} from 'cdktf-byok/aws-cdk';
import { scratchFolder } from '../support/scratch-folder';

test.each<[keyof ImportedKeyProps, string]>([
  [
    'source',
    'source is not given; give where the material comes from, such as KeyMaterialSource.fromSecret(secret)',
  ],
  [
    'credentials',
    'credentials is not given; give the login to the KMS, such as KmsCredentials.fromSecret(secret)',
  ],
])('refuses a key without %s in one sentence', (name, message) => {
  const stack = new Stack(new App({ outdir: scratchFolder() }), 'stack');
  const secret = Secret.fromSecretNameV2(stack, 'Secret', 'secret');
  const props: ImportedKeyProps = {
    alias: 'payments',
    region: 'eu-de',
    source: KeyMaterialSource.fromSecret(secret),
    credentials: KmsCredentials.fromSecret(secret),
    ...{ [name]: undefined },
  };
  expect(() => new ImportedKey(stack, 'Payments', props)).toThrow(
    expect.objectContaining({ name: 'ByokError', code: 'ERR_ARGUMENT', message }),
  );
});

test.each<[string, object, string]>([
  [
    'a text in place of an Expiration',
    { expiration: '2035-01-31T00:00:00Z' },
    'expiration is "2035-01-31T00:00:00Z"; give Expiration.at(…), Expiration.rolling(…) or Expiration.never()',
  ],
  [
    'a text as source',
    { source: 's3cret' },
    'source is something else; give where the material comes from, such as',
  ],
  [
    'a text as credentials',
    { credentials: 's3cret' },
    'credentials is something else; give the login to the KMS, such as',
  ],
  [
    'a number of minutes',
    { checkEvery: 60 },
    'checkEvery is 60; give a Duration, such as Duration.hours(1)',
  ],
  [
    'a misspelt pin',
    { fingerprnt: 's3cret' },
    'ImportedKey has no property "fingerprnt" (did you mean "fingerprint"?); allowed are ',
  ],
  [
    'a misspelt policy',
    { onDestory: 'refuse' },
    'ImportedKey has no property "onDestory" (did you mean "onDestroy"?); allowed are ',
  ],
])('refuses %s in one sentence', (_, given, message) => {
  const { stack, props } = complete();
  const declare = () => new ImportedKey(stack, 'Payments', { ...props, ...given });
  expect(declare).toThrow(message);
  expect(declare).not.toThrow('s3cret');
});

test('refuses misspelt options of a source', () => {
  const { secret } = complete();
  expect(() => KeyMaterialSource.fromSecret(secret, { jsonfield: 'k' } as object)).toThrow(
    'KeyMaterialSource.fromSecret has no property "jsonfield" (did you mean "jsonField"?)',
  );
  expect(() => KeyMaterialSource.fromSecureString('/k', { encryptonKey: 'k' } as object)).toThrow(
    'KeyMaterialSource.fromSecureString has no property "encryptonKey" (did you mean "encryptionKey"?)',
  );
});

function complete() {
  const stack = new Stack(new App({ outdir: scratchFolder() }), 'stack');
  const secret = Secret.fromSecretNameV2(stack, 'Secret', 'secret');
  const props: ImportedKeyProps = {
    alias: 'payments',
    region: 'eu-de',
    source: KeyMaterialSource.fromSecret(secret),
    credentials: KmsCredentials.fromSecret(secret),
  };
  return { stack, secret, props };
}
