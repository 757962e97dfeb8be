/**
 * The Lambda function behind all imported keys of a stack: one function, one log group, one alarm.
 * Each key adds the permissions that it needs.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Policy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  type CfnFunction,
  Code,
  Runtime,
  RuntimeFamily,
  SingletonFunction,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { parameterArn } from './key-material-source';
import { parametersVariable } from './key-properties';

/** CloudFormation knows the function by it: it must never change. */
const uuid = '3f0c6f0e-5b0a-4a86-9d0c-2a6c3f9b7d51';

const id = 'ByokKeyHandler';

/** The path is the same from lib and from dist. */
const bundle = join(__dirname, '..', '..', 'dist', 'bundle', 'aws-cdk-handler');

/**
 * A constant of our own, because the AWS CDK of the user may be older than Node 22:
 * the peer range starts before it.
 */
const defaultRuntime = new Runtime('nodejs22.x', RuntimeFamily.NODEJS);

/** All policies of a role may take 10240 characters together. Those of one key take up to 650. */
const mostKeys = 15;

/** Longer than any import, retries included. */
const timeout = Duration.minutes(10);

/** Created with the first key of a stack. */
export class KeyHandler extends Construct {
  /** The handler of the stack that contains the scope. */
  static of(scope: Construct): KeyHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(id) as KeyHandler | undefined) ?? new KeyHandler(stack);
  }

  /**
   * Path of the parameters with the function's memory
   * and the stack's declarations. Ends in a slash.
   */
  readonly parameters = `/cdktf-byok/${Aws.STACK_NAME}/`;
  readonly function: SingletonFunction;
  /** Rings when a run of the function ends in an error, for example a timeout. */
  readonly errorsAlarm: Alarm;
  readonly #role: Role;
  readonly #runtimes = new Set<string>();
  #keys = 0;

  private constructor(stack: Stack) {
    super(stack, id);
    if (!existsSync(bundle)) {
      throw new ByokError(
        'ERR_CONFIGURATION',
        `the built function is missing: there is no ${bundle}; if this app is bundled into ` +
          'one file, mark cdktf-byok as external and install it beside the bundle, otherwise ' +
          'install it again',
      );
    }
    this.#role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.#role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: [parameterArn(this, `${this.parameters}*`)],
      }),
    );
    this.function = new SingletonFunction(this, 'Function', {
      uuid,
      lambdaPurpose: id,
      description:
        'Imports key material of your own into an external KMS, and keeps it imported (cdktf-byok)',
      code: Code.fromAsset(bundle),
      handler: 'index.handler',
      environment: { [parametersVariable]: this.parameters },
      runtime: defaultRuntime,
      timeout,
      memorySize: 256,
      role: this.#role,
      logGroup,
    });
    this.errorsAlarm = this.function
      .metricErrors({ period: Duration.minutes(5) })
      .createAlarm(this, 'Errors', {
        alarmDescription:
          'The function that manages imported keys (cdktf-byok) failed: see its log',
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    // Lazy, because a later key may ask for another runtime.
    (this.function.permissionsNode.defaultChild as CfnFunction).runtime = Lazy.string({
      produce: () => [...this.#runtimes][0] ?? defaultRuntime.name,
    });
    this.node.addValidation({
      validate: () => [...this.#tooManyKeys(), ...this.#severalRuntimes()],
    });
  }

  /**
   * All keys of the stack share the function,
   * so keys that ask for a runtime must ask for the same one.
   */
  useRuntime({ name }: Runtime): void {
    this.#runtimes.add(name);
  }

  /**
   * Each key has a policy of its own, child `Access`. When the key leaves the stack,
   * CloudFormation removes the key before the policy, so the removal still has its permissions.
   */
  allow(key: Construct, statements: PolicyStatement[]): Policy {
    this.#keys += 1;
    return new Policy(key, 'Access', {
      roles: [this.#role],
      document: new PolicyDocument({ minimize: true, statements }),
    });
  }

  #severalRuntimes(): string[] {
    const asked = [...this.#runtimes].map((name) => `"${name}"`).join(' and ');
    return this.#runtimes.size < 2
      ? []
      : [`the imported keys of the stack share one function, and runtime is ${asked}; give one`];
  }

  #tooManyKeys(): string[] {
    return this.#keys <= mostKeys
      ? []
      : [
          `the stack has ${this.#keys} imported keys; at most ${mostKeys} are allowed, ` +
            `because IAM limits the size of their function's role; put the others into another ` +
            'stack',
        ];
  }
}
