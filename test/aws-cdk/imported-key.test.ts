import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  Expiration,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialSource,
} from 'cdktf-byok/aws-cdk';
import { newStack, only, propsIn, secretArn, templateOf } from './stack-under-test';

test('is a custom resource with names and places only, kept when it leaves the stack', () => {
  const resource = only(
    templateOf({ expiration: Expiration.at('2030-01-31T00:00:00Z'), tags: { owner: 'payments' } }),
    'Custom::ByokImportedKey',
  );
  expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(resource.Properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
    ServiceTimeout: '900',
    alias: 'payments',
    region: 'eu-de',
    projectId: '0123456789abcdef0123456789abcdef',
    tags: { owner: 'payments' },
    source: { secret: secretArn('material') },
    credentials: secretArn('login'),
    expirationTime: '2030-01-31T00:00:00Z',
    memory: expect.anything(),
    metricKey: 'stack/Payments',
  });
});

test('hands every property on', () => {
  const settings = {
    description: 'cards',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    enabled: true,
    pendingDays: 30,
    cancelPendingDeletion: true,
    keyOnDestroy: 'schedule_deletion',
    onDestroy: 'delete_material',
    fingerprint: `sha256:${'0'.repeat(64)}`,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
    allowInterruption: false,
    allowUnverifiedRenewal: true,
    allowWeakMaterial: true,
    cloud: 'opentelekomcloud',
    projectName: 'eu-de_keys',
    enterpriseProjectId: '0',
    kmsEndpoint: 'https://kms.example.com',
    authUrl: 'https://iam.example.com/v3',
  } as const satisfies Partial<ImportedKeyProps>;
  const resource = only(
    templateOf({
      ...settings,
      expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
    }),
    'Custom::ByokImportedKey',
  );
  expect(resource.Properties).toMatchObject({ ...settings, validFor: '90d', renewBefore: '14d' });
  expect(resource).toMatchObject({ DeletionPolicy: 'Delete' });
});

test('what a secret of the same stack holds stands in the template no second time', () => {
  const stack = newStack();
  const text = 'c2VjcmV0LW1hdGVyaWFsLW9mLXRoaXMtdGVzdC4uLi4=';
  const secret = new Secret(stack, 'Own', { secretStringValue: SecretValue.unsafePlainText(text) });
  const template = templateOf({ source: KeyMaterialSource.fromSecret(secret) }, stack);
  expect(JSON.stringify(template.toJSON()).split(text)).toHaveLength(2);
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({
    secret: { Ref: expect.stringMatching(/^Own/) },
  });
});

test('its outputs wait for the import', () => {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack));
  const outputs = [key.keyId, key.fingerprint, key.expirationTime, key.materialStatus].map(
    (output) => stack.resolve(output),
  );
  expect(outputs.map(({ 'Fn::GetAtt': [, name] }) => name)).toEqual([
    'KeyId',
    'Fingerprint',
    'ExpirationTime',
    'MaterialStatus',
  ]);
});

test.each([
  [{ removalPolicy: RemovalPolicy.DESTROY }, 'Delete'],
  [{ onDestroy: 'retain', keyOnDestroy: 'schedule_deletion' }, 'Delete'],
  [{ removalPolicy: RemovalPolicy.RETAIN, onDestroy: 'retain' }, 'Retain'],
] as const)('%j is for CloudFormation: %s', (props, policy) => {
  expect(only(templateOf(props), 'Custom::ByokImportedKey')).toMatchObject({
    DeletionPolicy: policy,
    UpdateReplacePolicy: policy,
  });
});
