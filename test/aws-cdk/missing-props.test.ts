/** Properties that TypeScript would not let a person forget, and JavaScript does. */
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Expiration, ImportedKey, type ImportedKeyProps, KeyMaterialSource, KmsCredentials } from 'cdktf-byok/aws-cdk';
import { scratchFolder } from '../support/scratch-folder';

test.each<[keyof ImportedKeyProps, string]>([
  ['source', 'source is not given; give where the material comes from, such as KeyMaterialSource.fromSecret(secret)'],
  ['credentials', 'credentials is not given; give the login to the KMS, such as KmsCredentials.fromSecret(secret)'],
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

test('refuses a text in place of an Expiration in one sentence', () => {
  const stack = new Stack(new App({ outdir: scratchFolder() }), 'stack');
  const secret = Secret.fromSecretNameV2(stack, 'Secret', 'secret');
  const expiration = '2035-01-31T00:00:00Z' as unknown as Expiration;
  const props = {
    alias: 'payments',
    region: 'eu-de',
    source: KeyMaterialSource.fromSecret(secret),
    credentials: KmsCredentials.fromSecret(secret),
  };
  expect(() => new ImportedKey(stack, 'Payments', { ...props, expiration })).toThrow(
    'expiration is "2035-01-31T00:00:00Z"; give Expiration.at(…), Expiration.rolling(…) or Expiration.never()',
  );
});
