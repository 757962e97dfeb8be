/** The Lambda function behind all imported keys of a stack: one function, one log group, one alarm. What it may do, each key adds. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, Code, Runtime, RuntimeFamily, SingletonFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { parameterArn } from './key-material-source';
import { parametersVariable } from './key-properties';

/** Also the id under which CloudFormation knows it: never to be changed. */
const uuid = '3f0c6f0e-5b0a-4a86-9d0c-2a6c3f9b7d51';

const id = 'ByokKeyHandler';

/** A file of our own build, from lib as well as from dist. */
const bundle = join(__dirname, '..', '..', 'dist', 'bundle', 'aws-cdk-handler');

/** Ours, and so newer than a Lambda runtime's list of the AWS CDK may be: the peer range begins before Node 22. */
const defaultRuntime = new Runtime('nodejs22.x', RuntimeFamily.NODEJS);

/** The policies of one role may take 10240 characters together, and those of one key take up to 650. */
const mostKeys = 15;

/** Longer than any import with its retries. */
const timeout = Duration.minutes(10);

/** Made with the first key of a stack. */
export class KeyHandler extends Construct {
  /** The one of the stack that the scope is in. */
  static of(scope: Construct): KeyHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(id) as KeyHandler | undefined) ?? new KeyHandler(stack);
  }

  /** Path of what the function remembers and of what the stack declares, with a slash at the end. */
  readonly parameters = `/cdktf-byok/${Aws.STACK_NAME}/`;
  readonly function: SingletonFunction;
  /** Rings when a run of the function ended in an error, by time-out for example. */
  readonly errorsAlarm: Alarm;
  readonly #role: Role;
  readonly #runtimes = new Set<string>();
  #keys = 0;

  private constructor(stack: Stack) {
    super(stack, id);
    if (!existsSync(bundle)) {
      throw new ByokError(
        'ERR_CONFIGURATION',
        `the built function is missing: there is no ${bundle}; if this app is bundled into one file, mark cdktf-byok as external and install it beside the bundle, otherwise install it anew`,
      );
    }
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Log', { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    this.#role.addToPolicy(
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
    );
    this.#role.addToPolicy(new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameterArn(this, `${this.parameters}*`)] }));
    this.function = new SingletonFunction(this, 'Function', {
      uuid,
      lambdaPurpose: id,
      description: 'Imports key material of your own into an external KMS, and keeps it imported (cdktf-byok)',
      code: Code.fromAsset(bundle),
      handler: 'index.handler',
      environment: { [parametersVariable]: this.parameters },
      runtime: defaultRuntime,
      timeout,
      memorySize: 256,
      role: this.#role,
      logGroup,
    });
    this.errorsAlarm = this.function.metricErrors({ period: Duration.minutes(5) }).createAlarm(this, 'Errors', {
      alarmDescription: 'The function that looks after imported keys (cdktf-byok) ended in an error: see its log',
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // A later key may ask for another one.
    (this.function.permissionsNode.defaultChild as CfnFunction).runtime = Lazy.string({
      produce: () => [...this.#runtimes][0] ?? defaultRuntime.name,
    });
    this.node.addValidation({ validate: () => [...this.#tooManyKeys(), ...this.#severalRuntimes()] });
  }

  /** All keys of the stack share the function: those that ask for a runtime ask for the same. */
  useRuntime({ name }: Runtime): void {
    this.#runtimes.add(name);
  }

  /**
   * A policy of the key's own, child `Access`: when the key leaves the stack, its removal comes before that of the policy, and still finds what
   * it needs.
   */
  allow(key: Construct, statements: PolicyStatement[]): Policy {
    this.#keys += 1;
    return new Policy(key, 'Access', { roles: [this.#role], document: new PolicyDocument({ minimize: true, statements }) });
  }

  #severalRuntimes(): string[] {
    const asked = [...this.#runtimes].map((name) => `"${name}"`).join(' and ');
    return this.#runtimes.size < 2 ? [] : [`the imported keys of the stack share one function, and runtime is ${asked}; give one`];
  }

  #tooManyKeys(): string[] {
    return this.#keys <= mostKeys
      ? []
      : [
          `the stack has ${this.#keys} imported keys; allowed are ${mostKeys}, since IAM limits what the role of their function may hold; put the others into another stack`,
        ];
  }
}
