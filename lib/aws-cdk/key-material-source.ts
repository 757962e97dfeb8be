/** Where key material comes from: a place in this AWS account. It is named here and read by the handler only, when an import is due. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { refuseUnknownNames } from '../terms/known-names';
import type { MaterialEncoding } from '../terms/material';
import { toReadParameter, toReadSecret } from './access';
import type { MaterialPlace } from './key-properties';
import { propertyNames } from './property-names';

/** How a secret spells the material, and which part of it is the material. */
export interface SecretSourceOptions {
  /**
   * How the secret spells the material. White space around base64 and hex is allowed; "raw" are the bytes of a binary secret; "pem", "der"
   * and "pkcs12" hold a private key.
   * @default "base64"
   */
  readonly encoding?: MaterialEncoding;
  /**
   * Field that holds the material, when the secret is a JSON object.
   * @default - the whole secret is the material
   */
  readonly jsonField?: string;
  /**
   * Field that holds the password of an encrypted private key, when the secret is a JSON object.
   * @default - not encrypted
   */
  readonly passwordField?: string;
}

/** How a parameter spells the material. */
export interface SecureStringSourceOptions {
  /**
   * How the parameter spells the material.
   * @default "base64"
   */
  readonly encoding?: MaterialEncoding;
  /**
   * Customer managed key that the parameter is encrypted with.
   * @default - the one that the parameter names, else the key of AWS (alias/aws/ssm)
   */
  readonly encryptionKey?: IKey;
}

/** What a source needs of the custom resource. */
export interface KeyMaterialSourceConfig {
  /** Where it is. */
  readonly source: MaterialPlace;
  /** @default "base64" */
  readonly encoding?: MaterialEncoding | undefined;
  /** What the handler has to be allowed. */
  readonly statements: PolicyStatement[];
}

/** A place that key material comes from. It is named here, and read by the handler only: the material is in nothing that is synthesized. */
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
   * @param parameter the parameter, or its name; CloudFormation cannot make one, so it exists already
   */
  static fromSecureString(parameter: IStringParameter | string, options: SecureStringSourceOptions = {}): KeyMaterialSource {
    refuseUnknownNames(options, propertyNames.SecureStringSourceOptions, 'KeyMaterialSource.fromSecureString');
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

  /** What this source needs of the custom resource in this scope. */
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

/** The name of a parameter in a hierarchy begins with a slash, which its ARN does not repeat. */
export function parameterArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    resourceName: name.replace(/^\//, ''),
  });
}

/** Parameters made from their attributes have it, though the interface does not say so. */
function keyOf(parameter: IStringParameter | string): IKey | undefined {
  return typeof parameter === 'object' && 'encryptionKey' in parameter ? (parameter.encryptionKey as IKey | undefined) : undefined;
}
