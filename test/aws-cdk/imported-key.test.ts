import { App, Duration, RemovalPolicy, SecretValue, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Expiration, ImportedKey, type ImportedKeyProps, KeyMaterialSource, KmsCredentials } from 'cdktf-byok/aws-cdk';
import { digestOf } from '../../lib/aws-cdk/handler/memory';
import { scratchFolder } from '../support/scratch-folder';

const region = 'eu-central-1';
const secretArn = (name: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-AbCdEf`;

function newStack(): Stack {
  return new Stack(new App({ outdir: scratchFolder() }), 'stack', { env: { account: '123456789012', region } });
}

function propsIn(stack: Stack, props: Partial<ImportedKeyProps> = {}): ImportedKeyProps {
  const secret = (name: string) =>
    (stack.node.tryFindChild(name) as Secret | undefined) ?? Secret.fromSecretCompleteArn(stack, name, secretArn(name));
  return {
    alias: 'payments',
    source: KeyMaterialSource.fromSecret(secret('material') as Secret),
    credentials: KmsCredentials.fromSecret(secret('login') as Secret),
    region: 'eu-de',
    projectId: '0123456789abcdef0123456789abcdef',
    ...props,
  };
}

function templateOf(props: Partial<ImportedKeyProps> = {}, stack = newStack()): Template {
  new ImportedKey(stack, 'Payments', propsIn(stack, props));
  return Template.fromStack(stack);
}

/** The only resource of this type. */
function only(template: Template, type: string): { Properties: Record<string, unknown>; [name: string]: unknown } {
  const [resource, ...others] = Object.values(template.findResources(type));
  expect(others).toEqual([]);
  return resource as { Properties: Record<string, unknown> };
}

function statementsOf(template: Template): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

/** The messages of the validation; empty when there are none. */
function faultsOf(props: Partial<ImportedKeyProps>): readonly string[] {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack, props));
  return key.node.validate();
}

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
    templateOf({ ...settings, expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) }),
    'Custom::ByokImportedKey',
  );
  expect(resource.Properties).toMatchObject({ ...settings, validFor: '90d', renewBefore: '14d' });
  expect(resource).toMatchObject({ DeletionPolicy: 'Delete' });
});

test('ten keys share one function, one role and one log group', () => {
  const stack = newStack();
  for (let number = 0; number < 10; number += 1) {
    new ImportedKey(stack, `Key${number}`, propsIn(stack, { alias: `key-${number}` }));
  }
  const template = Template.fromStack(stack);
  template.resourceCountIs('Custom::ByokImportedKey', 10);
  template.resourceCountIs('AWS::Events::Rule', 10);
  for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup']) {
    template.resourceCountIs(type, 1);
  }
  template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 600 });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('may read these secrets and the parameters of its stack, write its own one and its log, and nothing else', () => {
  const template = templateOf();
  expect(only(template, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
  expect(statementsOf(template)).toEqual([
    { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: [secretArn('login'), secretArn('material')] },
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
  const login = Secret.fromSecretAttributes(stack, 'Login', { secretCompleteArn: secretArn('other'), encryptionKey });
  const material = StringParameter.fromSecureStringParameterAttributes(stack, 'Material', {
    parameterName: '/keys/payments',
    encryptionKey,
  });
  const props = { source: KeyMaterialSource.fromSecureString(material), credentials: KmsCredentials.fromSecret(login) };
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
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({ parameter: '/keys/payments' });
});

test.each(['/keys/payments', 'payments'])('reads the SecureString %s, named as text', (name) => {
  const template = templateOf({ source: KeyMaterialSource.fromSecureString(name) });
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({ parameter: name });
  expect(JSON.stringify(statementsOf(template))).toContain(`:parameter/${name.replace(/^\//, '')}"`);
});

test('a secret known by name is granted with the six characters that nobody knows, and no star', () => {
  const stack = newStack();
  const source = KeyMaterialSource.fromSecret(Secret.fromSecretNameV2(stack, 'Named', 'payments'), { encoding: 'hex', jsonField: 'key' });
  const template = templateOf({ source }, stack);
  const text = JSON.stringify(statementsOf(template));
  expect(text).toContain(':secret:payments-??????"');
  expect(text).not.toMatch(/:secret:[^"]*\*/);
  expect(only(template, 'Custom::ByokImportedKey').Properties).toMatchObject({ encoding: 'hex', source: { jsonField: 'key' } });
});

test('what a secret of the same stack holds stands in the template no second time', () => {
  const stack = newStack();
  const text = 'c2VjcmV0LW1hdGVyaWFsLW9mLXRoaXMtdGVzdC4uLi4=';
  const secret = new Secret(stack, 'Own', { secretStringValue: SecretValue.unsafePlainText(text) });
  const template = templateOf({ source: KeyMaterialSource.fromSecret(secret) }, stack);
  expect(JSON.stringify(template.toJSON()).split(text)).toHaveLength(2);
  expect(only(template, 'Custom::ByokImportedKey').Properties.source).toEqual({ secret: { Ref: expect.stringMatching(/^Own/) } });
});

test('its removal still finds what it may read and what is declared: both are its own and go after it', () => {
  const template = templateOf();
  const [access] = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.startsWith('PaymentsAccess'));
  const [declaration] = Object.keys(template.findResources('AWS::SSM::Parameter'));
  expect(only(template, 'Custom::ByokImportedKey').DependsOn).toEqual([access, declaration]);
});

test('the function finds declared what it is asked for, where it may not write', () => {
  const stack = newStack();
  const material = new Secret(stack, 'Own');
  const settings = { source: KeyMaterialSource.fromSecret(material), enabled: true, pendingDays: 8, tags: { owner: 'payments' } };
  const template = templateOf(settings, stack);
  const { ServiceToken: _, ServiceTimeout: __, ...properties } = only(template, 'Custom::ByokImportedKey').Properties;
  const asAsked = asTexts({ ...properties, memory: withTexts(properties.memory), source: { secret: '<OwnSecret>' } });
  const { Name, Value, Tier } = only(template, 'AWS::SSM::Parameter').Properties;
  expect(Tier).toBe('Intelligent-Tiering');
  const declared = JSON.parse(withTexts(Value).replace(/<Own\w*>/, '<OwnSecret>'));
  expect(digestOf(declared)).toBe(digestOf(asAsked));
  expect(withTexts(Name)).toBe(`${withTexts(properties.memory)}/declared`);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { BYOK_PARAMETERS: { 'Fn::Join': ['', ['/cdktf-byok/', { Ref: 'AWS::StackName' }, '/']] } } },
  });
});

test('a rule has the same function look at the key, with the same properties', () => {
  const template = templateOf({ checkEvery: Duration.minutes(30), enabled: true, pendingDays: 8 });
  const { Properties: rule } = only(template, 'AWS::Events::Rule');
  expect(rule).toMatchObject({ ScheduleExpression: 'rate(30 minutes)', State: 'ENABLED' });
  const [target] = rule.Targets as { Arn: unknown; Input: unknown }[];
  const { ServiceToken, ServiceTimeout: _, ...properties } = only(template, 'Custom::ByokImportedKey').Properties;
  expect(target?.Arn).toEqual(ServiceToken);
  const [[resourceId]] = Object.entries(template.findResources('Custom::ByokImportedKey')) as [[string, unknown]];
  const event = JSON.parse(withTexts(target?.Input));
  expect(event).toEqual({ checkKey: `<${resourceId}.KeyId>`, properties: expect.anything() });
  expect(digestOf(event.properties)).toBe(digestOf(asTexts({ ...properties, memory: withTexts(properties.memory) })));
  template.resourceCountIs('AWS::Lambda::Permission', 1);
});

test('alarms ring before the expiry, when something needs attention, and when the handler fails', () => {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack, { warnBefore: '36h' }));
  const template = Template.fromStack(stack);
  const dimensions = { Namespace: 'cdktf-byok', Dimensions: [{ Name: 'Key', Value: 'stack/Payments' }], Period: 3600 };
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...dimensions,
    MetricName: 'DaysUntilExpiry',
    Statistic: 'Minimum',
    Threshold: 1.5,
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...dimensions,
    MetricName: 'NeedsAttention',
    Threshold: 1,
    DatapointsToAlarm: 2,
    TreatMissingData: 'breaching',
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: 'AWS/Lambda', MetricName: 'Errors', Threshold: 1 });
  expect([key.alarm, key.attentionAlarm, key.handlerErrorsAlarm].map(({ node }) => node.path)).toEqual([
    'stack/Payments/Watch/Expiry',
    'stack/Payments/Watch/Attention',
    'stack/ByokKeyHandler/Errors',
  ]);
});

test.each([
  [{}, 14],
  [{ expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) }, 7],
  [{ expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }), warnBefore: '3d' }, 3],
])('of %j the alarm rings before the expiry by days: %d', (props, days) => {
  templateOf(props).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DaysUntilExpiry', Threshold: days });
});

test('its outputs wait for the import', () => {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack));
  const outputs = [key.keyId, key.fingerprint, key.expirationTime, key.materialStatus].map((output) => stack.resolve(output));
  expect(outputs.map(({ 'Fn::GetAtt': [, name] }) => name)).toEqual(['KeyId', 'Fingerprint', 'ExpirationTime', 'MaterialStatus']);
});

test.each([
  [{ removalPolicy: RemovalPolicy.DESTROY }, 'Delete'],
  [{ onDestroy: 'retain', keyOnDestroy: 'schedule_deletion' }, 'Delete'],
  [{ removalPolicy: RemovalPolicy.RETAIN, onDestroy: 'retain' }, 'Retain'],
] as const)('%j is for CloudFormation: %s', (props, policy) => {
  expect(only(templateOf(props), 'Custom::ByokImportedKey')).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
});

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

test.each<[string, Partial<ImportedKeyProps>]>([
  ['neither alias nor keyId is given; give alias to have a key made, or keyId for an existing one', { alias: undefined }],
  ['alias and keyId are given together; give alias to have a key made, or keyId for an existing one', { keyId }],
  ['neither region nor kmsEndpoint is given; give the region of the KMS, for example "eu-de"', { region: undefined }],
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
  ['fingerprint is "sha256:0"; allowed are "sha256:" and 64 hex digits, as "byok fingerprint" prints it', { fingerprint: 'sha256:0' }],
  ['projectId is "eu-de"; allowed are 32 letters and digits, as the console shows them under "My Credentials"', { projectId: 'eu-de' }],
  ['keySpec is "SM4"; allowed are "AES_256", "RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384"', { keySpec: 'SM4' as 'AES_256' }],
  ['keyUsage is "SIGN_VERIFY"; allowed for AES_256 are "ENCRYPT_DECRYPT"', { keyUsage: 'SIGN_VERIFY' }],
  ['description has 256 characters; allowed are at most 255 characters', { description: 'a'.repeat(256) }],
  ['pendingDays is 6; allowed is a whole number from 7 to 1096', { pendingDays: 6 }],
  [
    'expiration is 2030-01-31T00:00:00Z, but the material of an asymmetric key (RSA_2048) never expires; omit it, or give Expiration.never()',
    { keySpec: 'RSA_2048', expiration: Expiration.at('2030-01-31T00:00:00Z') },
  ],
  ['warnBefore is "soon"; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"', { warnBefore: 'soon' }],
  [
    'expirationTime is "tomorrow"; allowed are an instant in whole seconds such as "2030-01-31T00:00:00Z", epoch seconds such as "1893456000", or "never"',
    { expiration: Expiration.at('tomorrow') },
  ],
  [
    'renewBefore is "7d", which is not shorter than validFor "7d", so every check would renew; give a shorter one',
    { expiration: Expiration.rolling({ validFor: '7d', renewBefore: '7d' }) },
  ],
  [
    'validFor is "a week"; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"',
    { expiration: Expiration.rolling({ validFor: 'a week', renewBefore: '1d' }) },
  ],
  [
    'tags holds the value "a*" of "owner"; allowed are 0 to 43 characters, none of them a control character or one of * < > \\ =',
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
    'onDestroy is "delete_material" for a key that keyId names, which another construct or stack may go on with; allowed are "retain" and "refuse"',
    { alias: undefined, keyId, onDestroy: 'delete_material' },
  ],
  [
    'removalPolicy is "snapshot", and there are no snapshots of keys; allowed are RETAIN, RETAIN_ON_UPDATE_OR_DELETE and DESTROY',
    { removalPolicy: RemovalPolicy.SNAPSHOT },
  ],
  ['checkEvery is 2 days; allowed are whole minutes, from one to a day', { checkEvery: Duration.days(2) }],
])('refuses at synthesis: %s', (message, props) => {
  expect(faultsOf(props)).toEqual([message]);
});

test('lets tokens through', () => {
  const token = (name: string) => Token.asString({ Ref: name });
  const props = { alias: token('Alias'), fingerprint: token('Pin'), projectId: token('Project'), description: token('Text') };
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
  expect(first).toMatch(/^the stack has 16 imported keys; allowed are 15, since IAM limits/);
});

/** As they arrive at the handler: CloudFormation makes a text of every value. */
function asTexts(properties: object): object {
  return JSON.parse(JSON.stringify(properties, (_name, value) => (typeof value === 'object' ? value : String(value))));
}

/** ARN, as the template has it. */
function ownParameter(name: unknown): object {
  const path = `:ssm:${region}:123456789012:parameter/cdktf-byok/`;
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, path, { Ref: 'AWS::StackName' }, name]] };
}

/** What CloudFormation makes of a text with references: `<Id.Attribute>` and `<Name>` stand for their values. */
function withTexts(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: name } = value as Record<string, unknown>;
  if (Array.isArray(join)) {
    return (join[1] as unknown[]).map(withTexts).join('');
  }
  return `<${Array.isArray(attribute) ? attribute.join('.') : name}>`;
}
