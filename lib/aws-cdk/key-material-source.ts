/**
 * Places of key material in this AWS account.
 * The stack names the place; only the handler reads it, when it imports.
 */

import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { refuseUnknownNames } from '../terms/known-names';
import type { MaterialEncoding } from '../terms/material';
import { toReadParameter, toReadSecret } from './access';
import type { MaterialPlace } from './key-properties';
import { propertyNames } from './property-names';

/** How a secret encodes the material, and which part of the secret is the material. */
export interface SecretSourceOptions {
  /**
   * How the secret encodes the material. White space around base64 and hex is allowed.
   * "raw" means the bytes of a binary secret; "pem", "der" and "pkcs12" hold a private key.
   * @default "base64"
   */
  readonly encoding?: MaterialEncoding;
  /**
   * Field that holds the material, if the secret is a JSON object.
   * @default - the whole secret is the material
   */
  readonly jsonField?: string;
  /**
   * Field that holds the password of an encrypted private key, if the secret is a JSON object.
   * @default - not encrypted
   */
  readonly passwordField?: string;
}

/** How a parameter encodes the material. */
export interface SecureStringSourceOptions {
  /**
   * How the parameter encodes the material.
   * @default "base64"
   */
  readonly encoding?: MaterialEncoding;
  /**
   * Customer managed key that encrypts the parameter.
   * @default - the key that the parameter names, else the key of AWS (alias/aws/ssm)
   */
  readonly encryptionKey?: IKey;
}

/** What a source adds to the custom resource. */
export interface KeyMaterialSourceConfig {
  /** Where the material is. */
  readonly source: MaterialPlace;
  /** @default "base64" */
  readonly encoding?: MaterialEncoding | undefined;
  /** Permissions that the handler needs. */
  readonly statements: PolicyStatement[];
}

/**
 * A place that holds key material. The stack names it and only the handler reads it,
 * so no synthesized file contains the material.
 */
export abstract class KeyMaterialSource {
  /** A secret of Secrets Manager. */
  static fromSecret(secret: ISecret, options: SecretSourceOptions = {}): KeyMaterialSource {
    refuseUnknownNames(options, propertyNames.SecretSourceOptions, 'KeyMaterialSource.fromSecret');
    const { encoding, jsonField, passwordField } = options;
    return new BoundSource((scope) => ({
      source: { secret: secret.secretArn, jsonField, passwordField },
      encoding,
      statements: toReadSecret(scope, secret),
    }));
  }

  /**
   * An SSM parameter of type SecureString.
   * @param parameter the parameter, or its name.
   * It must already exist, because CloudFormation cannot create one
   */
  static fromSecureString(
    parameter: IStringParameter | string,
    options: SecureStringSourceOptions = {},
  ): KeyMaterialSource {
    refuseUnknownNames(
      options,
      propertyNames.SecureStringSourceOptions,
      'KeyMaterialSource.fromSecureString',
    );
    const { encoding, encryptionKey } = options;
    return new BoundSource((scope) => ({
      source: { parameter: typeof parameter === 'string' ? parameter : parameter.parameterName },
      encoding,
      statements: toReadParameter(
        scope,
        typeof parameter === 'string' ? parameterArn(scope, parameter) : parameter.parameterArn,
        encryptionKey ?? keyOf(parameter),
      ),
    }));
  }

  /** What this source adds to the custom resource in this scope. */
  abstract bind(scope: Construct): KeyMaterialSourceConfig;
}

class BoundSource extends KeyMaterialSource {
  readonly #bind: (scope: Construct) => KeyMaterialSourceConfig;

  constructor(bind: (scope: Construct) => KeyMaterialSourceConfig) {
    super();
    this.#bind = bind;
  }

  override bind(scope: Construct): KeyMaterialSourceConfig {
    return this.#bind(scope);
  }
}

/** In a hierarchy the name of a parameter begins with a slash. The ARN does not repeat it. */
export function parameterArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    resourceName: name.replace(/^\//, ''),
  });
}

/** Parameters made from their attributes have a key, although the interface does not declare it. */
function keyOf(parameter: IStringParameter | string): IKey | undefined {
  return typeof parameter === 'object' && 'encryptionKey' in parameter
    ? (parameter.encryptionKey as IKey | undefined)
    : undefined;
}
