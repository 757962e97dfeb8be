/** What the function may do, and no more. */
import type { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { KeyMaterialSource, KmsCredentials } from 'cdktf-byok/aws-cdk';
import { newStack, only, region, secretArn, templateOf } from './stack-under-test';

function statementsOf(template: Template): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
}

/** ARN, as the template has it. */
function ownParameter(name: unknown): object {
  const path = `:ssm:${region}:123456789012:parameter/cdktf-byok/`;
  return {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, path, { Ref: 'AWS::StackName' }, name]],
  };
}

test('may read these secrets and the parameters of its stack, write its own one and its log, and nothing else', () => {
  const template = templateOf();
  expect(only(template, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
  expect(statementsOf(template)).toEqual([
    {
      Action: 'secretsmanager:GetSecretValue',
      Effect: 'Allow',
      Resource: [secretArn('login'), secretArn('material')],
    },
    {
      Action: ['ssm:DeleteParameter', 'ssm:PutParameter'],
      Effect: 'Allow',
      Resource: ownParameter(expect.stringMatching(/^\/stackPayments[0-9A-F]*$/)),
    },
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ByokKeyHandlerLog/), 'Arn'] },
    },
    { Action: 'ssm:GetParameter', Effect: 'Allow', Resource: ownParameter('/*') },
  ]);
});

test('may decrypt with the keys of its secret and its parameter, by way of their services only', () => {
  const stack = newStack();
  const encryptionKey = Key.fromKeyArn(stack, 'Cmk', `arn:aws:kms:${region}:123456789012:key/1`);
  const login = Secret.fromSecretAttributes(stack, 'Login', {
    secretCompleteArn: secretArn('other'),
    encryptionKey,
  });
  const material = StringParameter.fromSecureStringParameterAttributes(stack, 'Material', {
    parameterName: '/keys/payments',
    encryptionKey,
  });
  const props = {
    source: KeyMaterialSource.fromSecureString(material),
    credentials: KmsCredentials.fromSecret(login),
  };
  const template = templateOf(props, stack);
  const decrypt = (service: string) => ({
    Action: 'kms:Decrypt',
    Effect: 'Allow',
    Resource: `arn:aws:kms:${region}:123456789012:key/1`,
    Condition: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
  });
  const statements = statementsOf(template);
  expect(statements).toEqual(expect.arrayContaining([decrypt('ssm'), decrypt('secretsmanager')]));
  expect(JSON.stringify(statements)).toContain(':parameter/keys/payments"');
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({
    parameter: '/keys/payments',
  });
});

test.each(['/keys/payments', 'payments'])('reads the SecureString %s, named as text', (name) => {
  const template = templateOf({ source: KeyMaterialSource.fromSecureString(name) });
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({ parameter: name });
  expect(JSON.stringify(statementsOf(template))).toContain(
    `:parameter/${name.replace(/^\//, '')}"`,
  );
});

test('a secret known by name is granted with the six characters that nobody knows, and no star', () => {
  const stack = newStack();
  const source = KeyMaterialSource.fromSecret(Secret.fromSecretNameV2(stack, 'Named', 'payments'), {
    encoding: 'hex',
    jsonField: 'key',
  });
  const template = templateOf({ source }, stack);
  const text = JSON.stringify(statementsOf(template));
  expect(text).toContain(':secret:payments-??????"');
  expect(text).not.toMatch(/:secret:[^"]*\*/);
  expect(only(template, 'Custom::ByokImportedKey').Properties).toMatchObject({
    encoding: 'hex',
    source: { jsonField: 'key' },
  });
});

test('its removal still finds what it may read and what is declared: both are its own and go after it', () => {
  const template = templateOf();
  const [access] = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) =>
    id.startsWith('PaymentsAccess'),
  );
  const [declaration] = Object.keys(template.findResources('AWS::SSM::Parameter'));
  expect(only(template, 'Custom::ByokImportedKey').DependsOn).toEqual([access, declaration]);
});
