/**
 * A key with your own material as a CloudFormation resource.
 * The handler creates the key, imports the material, and keeps it there.
 */

import type { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CustomResource, Duration, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { parseDuration } from '../terms/duration';
import { boundExpiration } from '../terms/expiration';
import { refuseUnknownNames } from '../terms/known-names';
import { defaultWarnBefore } from '../terms/material';
import type { ImportedKeyProps } from './imported-key-props';
import { KeyHandler } from './key-handler';
import { parameterArn } from './key-material-source';
import { attributeNames, declarationOf, type KeyProperties } from './key-properties';
import { KeyWatch } from './key-watch';
import { propertyNames } from './property-names';
import { faultsOf } from './validate-props';

const dayMs = parseDuration('1d', 'warnBefore');

/**
 * An external key and the material in it.
 * If the material was deleted, or a rolling expiry ran out,
 * the next check imports the same material again, under the same key id.
 */
export class ImportedKey extends Construct {
  /** Rings `warnBefore` ahead of the expiry, before the KMS deletes the material. */
  readonly alarm: Alarm;
  /** Rings when the key or its material needs a person, or when the checks did not run. */
  readonly attentionAlarm: Alarm;
  /** Rings when the handler, which all imported keys of the stack share, ends in an error. */
  readonly handlerErrorsAlarm: Alarm;
  /** Days until the KMS deletes the material; no data if the material never expires. */
  readonly daysUntilExpiry: Metric;
  /** The Lambda function that all imported keys of the stack share. */
  readonly handler: IFunction;
  readonly #resource: CustomResource;

  /**
   * @throws ByokError ERR_ARGUMENT when a property is misspelled,
   * or `source` or `credentials` is missing
   */
  constructor(scope: Construct, id: string, props: ImportedKeyProps) {
    super(scope, id);
    refuseUnknownNames(props, propertyNames.ImportedKeyProps, 'ImportedKey');
    requireGiven(props);
    requireDuration(props.checkEvery);
    const handler = KeyHandler.of(this);
    if (props.runtime !== undefined) {
      handler.useRuntime(props.runtime);
    }
    const { properties, statements } = bind(this, props, handler.parameters);
    this.node.addValidation({ validate: () => faultsOf(props, properties) });
    const access = handler.allow(this, statements);
    const declaration = new StringParameter(this, 'Declaration', {
      parameterName: declarationOf(properties.memory),
      simpleName: false,
      description:
        'What the stack declares for an ImportedKey of cdktf-byok; its function does nothing else. Not secret',
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Stack.of(this).toJsonString(properties),
    });
    this.#resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::ByokImportedKey',
      serviceToken: handler.function.functionArn,
      serviceTimeout: Duration.minutes(15),
      removalPolicy: props.removalPolicy ?? impliedRemovalPolicy(props),
      properties: { ...properties },
    });
    // The declaration is written before the resource and deleted after it,
    // so the removal is declared, too.
    this.#resource.node.addDependency(access, declaration);
    const watch = new KeyWatch(this, 'Watch', {
      handler: handler.function,
      event: { checkKey: this.keyId, properties },
      every: props.checkEvery ?? Duration.hours(1),
      warnDays: warnDaysOf(props),
    });
    this.handler = handler.function;
    this.alarm = watch.expiryAlarm;
    this.attentionAlarm = watch.attentionAlarm;
    this.handlerErrorsAlarm = handler.errorsAlarm;
    this.daysUntilExpiry = watch.daysUntilExpiry;
  }

  /**
   * Id of the key in the KMS. A resource that refers to it waits until the material is imported.
   */
  get keyId(): string {
    return this.#resource.getAttString(attributeNames.keyId);
  }

  /**
   * Identifies the material without revealing it:
   * "sha256:" and 64 hex digits, or "unproven" for a key that already held material.
   */
  get fingerprint(): string {
    return this.#resource.getAttString(attributeNames.fingerprint);
  }

  /**
   * When the KMS deletes the material,
   * as of the latest change of this resource: RFC 3339, or "never".
   */
  get expirationTime(): string {
    return this.#resource.getAttString(attributeNames.expirationTime);
  }

  /** As of the latest change of this resource: "present", or what is wrong with the material. */
  get materialStatus(): string {
    return this.#resource.getAttString(attributeNames.materialStatus);
  }
}

/** Binding needs these. The validation reports every other fault. */
const indispensable = {
  source: 'where the material comes from, such as KeyMaterialSource.fromSecret(secret)',
  credentials: 'the login to the KMS, such as KmsCredentials.fromSecret(secret)',
} as const satisfies Partial<Record<keyof ImportedKeyProps, string>>;

/** JavaScript and runners such as tsx check no types. */
function requireGiven(props: Partial<ImportedKeyProps>): void {
  for (const [name, what] of Object.entries(indispensable)) {
    const value: unknown = props[name as keyof typeof indispensable];
    if (typeof (value as { bind?: unknown } | null | undefined)?.bind !== 'function') {
      // The value may be the secret itself, so the message does not show it.
      throw new ByokError(
        'ERR_ARGUMENT',
        `${name} is ${value === undefined ? 'not given' : 'something else'}; give ${what}`,
      );
    }
  }
}

function requireDuration(checkEvery: unknown): void {
  if (checkEvery !== undefined && !(checkEvery instanceof Object && 'toMinutes' in checkEvery)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `checkEvery is ${JSON.stringify(checkEvery)}; give a Duration, such as Duration.hours(1)`,
    );
  }
}

/**
 * The properties that resource and rule send to the handler,
 * and the statements that it needs for them.
 */
function bind(
  key: ImportedKey,
  props: ImportedKeyProps,
  parameters: string,
): { properties: KeyProperties; statements: PolicyStatement[] } {
  const {
    source,
    expiration,
    credentials,
    removalPolicy: _,
    checkEvery: __,
    runtime: ___,
    ...settings
  } = props;
  const { statements: toReadMaterial, ...place } = source.bind(key);
  const { statements: toLogIn, ...login } = credentials.bind(key);
  const memory = `${parameters}${Names.uniqueResourceName(key, { maxLength: 100, allowedSpecialCharacters: '-_' })}`;
  const properties = {
    ...settings,
    ...place,
    ...boundExpiration(expiration),
    ...login,
    memory,
    metricKey: key.node.path,
  };
  return {
    properties: withoutUndefined(properties),
    statements: [
      ...toReadMaterial,
      ...toLogIn,
      new PolicyStatement({
        actions: ['ssm:PutParameter', 'ssm:DeleteParameter'],
        resources: [parameterArn(key, memory)],
      }),
    ],
  };
}

/** The two ways to the handler both drop undefined values, so it receives the same from each. */
function withoutUndefined<T extends object>(properties: T): T {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as T;
}

function impliedRemovalPolicy({ onDestroy, keyOnDestroy }: ImportedKeyProps): RemovalPolicy {
  return onDestroy === undefined && keyOnDestroy === undefined
    ? RemovalPolicy.RETAIN
    : RemovalPolicy.DESTROY;
}

/** The validation refuses what cannot be parsed here, so any number will do. */
function warnDaysOf({ warnBefore, expiration }: ImportedKeyProps): number {
  const { renewBefore } = boundExpiration(expiration);
  const [text, share] =
    warnBefore === undefined && renewBefore !== undefined
      ? [renewBefore, 0.5]
      : [warnBefore ?? defaultWarnBefore, 1];
  return (milliseconds(Token.isUnresolved(text) ? defaultWarnBefore : text) * share) / dayMs;
}

function milliseconds(text: string): number {
  try {
    return parseDuration(text, 'warnBefore');
  } catch {
    return parseDuration(defaultWarnBefore, 'warnBefore');
  }
}
