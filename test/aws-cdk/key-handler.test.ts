/**
 * The function behind all keys of a stack: what is declared to it, what it is asked between
 * deployments, and what rings by what it tells.
 */
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok/aws-cdk';
import { digestOf } from '../../lib/aws-cdk/handler/memory';
import { newStack, only, propsIn, templateOf } from './stack-under-test';

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
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Timeout: 600,
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test.each([
  ['the first key', [Runtime.NODEJS_24_X, undefined]],
  ['a later key', [undefined, Runtime.NODEJS_24_X]],
  ['both', [Runtime.NODEJS_24_X, Runtime.NODEJS_24_X]],
])('the function has the runtime that %s asks for', (_, runtimes) => {
  const stack = newStack();
  for (const [number, runtime] of runtimes.entries()) {
    new ImportedKey(stack, `Key${number}`, propsIn(stack, { alias: `key-${number}`, runtime }));
  }
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
  });
});

test('two runtimes of one function are refused', () => {
  const stack = newStack();
  new ImportedKey(stack, 'Key', propsIn(stack, { runtime: Runtime.NODEJS_24_X }));
  new ImportedKey(stack, 'Other', propsIn(stack, { alias: 'other', runtime: Runtime.NODEJS_22_X }));
  expect(() => Template.fromStack(stack)).toThrow(
    'the imported keys of the stack share one function, and runtime is "nodejs24.x" and "nodejs22.x"; give one',
  );
});

test.each([Runtime.PYTHON_3_12, Runtime.NODEJS_18_X, 'nodejs22.x' as unknown as Runtime])(
  'a runtime that the function is not built for is refused',
  (runtime) => {
    expect(() => templateOf({ runtime })).toThrow(
      `runtime is "${runtime.name ?? runtime}"; allowed are those of Node.js 20 and newer, such as Runtime.NODEJS_22_X`,
    );
  },
);

test('the function finds declared what it is asked for, where it may not write', () => {
  const stack = newStack();
  const material = new Secret(stack, 'Own');
  const settings = {
    source: KeyMaterialSource.fromSecret(material),
    enabled: true,
    pendingDays: 8,
    tags: { owner: 'payments' },
  };
  const template = templateOf(settings, stack);
  const {
    ServiceToken: _,
    ServiceTimeout: __,
    ...properties
  } = only(template, 'Custom::ByokImportedKey').Properties;
  const asAsked = asTexts({
    ...properties,
    memory: withTexts(properties.memory),
    source: { secret: '<OwnSecret>' },
  });
  const { Name, Value, Tier } = only(template, 'AWS::SSM::Parameter').Properties;
  expect(Tier).toBe('Intelligent-Tiering');
  const declared = JSON.parse(withTexts(Value).replace(/<Own\w*>/, '<OwnSecret>'));
  expect(digestOf(declared)).toBe(digestOf(asAsked));
  expect(withTexts(Name)).toBe(`${withTexts(properties.memory)}/declared`);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        BYOK_PARAMETERS: { 'Fn::Join': ['', ['/cdktf-byok/', { Ref: 'AWS::StackName' }, '/']] },
      },
    },
  });
});

test('a rule has the same function look at the key, with the same properties', () => {
  const template = templateOf({ checkEvery: Duration.minutes(30), enabled: true, pendingDays: 8 });
  const { Properties: rule } = only(template, 'AWS::Events::Rule');
  expect(rule).toMatchObject({ ScheduleExpression: 'rate(30 minutes)', State: 'ENABLED' });
  const [target] = rule.Targets as { Arn: unknown; Input: unknown }[];
  const {
    ServiceToken,
    ServiceTimeout: _,
    ...properties
  } = only(template, 'Custom::ByokImportedKey').Properties;
  expect(target?.Arn).toEqual(ServiceToken);
  const [[resourceId]] = Object.entries(template.findResources('Custom::ByokImportedKey')) as [
    [string, unknown],
  ];
  const event = JSON.parse(withTexts(target?.Input));
  expect(event).toEqual({ checkKey: `<${resourceId}.KeyId>`, properties: expect.anything() });
  expect(digestOf(event.properties)).toBe(
    digestOf(asTexts({ ...properties, memory: withTexts(properties.memory) })),
  );
  template.resourceCountIs('AWS::Lambda::Permission', 1);
});

test('alarms ring before the expiry, when something needs attention, and when the handler fails', () => {
  const stack = newStack();
  const key = new ImportedKey(stack, 'Payments', propsIn(stack, { warnBefore: '36h' }));
  const template = Template.fromStack(stack);
  const dimensions = {
    Namespace: 'cdktf-byok',
    Dimensions: [{ Name: 'Key', Value: 'stack/Payments' }],
    Period: 3600,
  };
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
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Threshold: 1,
  });
  expect(
    [key.alarm, key.attentionAlarm, key.handlerErrorsAlarm].map(({ node }) => node.path),
  ).toEqual([
    'stack/Payments/Watch/Expiry',
    'stack/Payments/Watch/Attention',
    'stack/ByokKeyHandler/Errors',
  ]);
});

test.each([
  [{}, 14],
  [{ expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) }, 7],
  [
    { expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }), warnBefore: '3d' },
    3,
  ],
])('of %j the alarm rings before the expiry by days: %d', (props, days) => {
  templateOf(props).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'DaysUntilExpiry',
    Threshold: days,
  });
});

/** As they arrive at the handler: CloudFormation makes a text of every value. */
function asTexts(properties: object): object {
  return JSON.parse(
    JSON.stringify(properties, (_name, value) =>
      typeof value === 'object' ? value : String(value),
    ),
  );
}

/**
 * What CloudFormation makes of a text with references: `<Id.Attribute>` and `<Name>` stand for
 * their values.
 */
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
