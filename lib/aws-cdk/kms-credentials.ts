/** The login to the KMS: a secret in this AWS account. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { toReadSecret } from './access';

/** What a login adds to the custom resource. */
export interface KmsCredentialsConfig {
  /** ARN of the secret. */
  readonly credentials: string;
  /** Permissions that the handler needs. */
  readonly statements: PolicyStatement[];
}

/** A login to the KMS, named by the secret that holds it. */
export class KmsCredentials {
  /**
   * A secret of Secrets Manager that holds a JSON object with one login:
   * `access_key` and `secret_key`, with `security_token` if they are temporary;
   * or `user_name`, `password` and `domain_name`; or `auth_token`.
   * Each run of the handler reads it, so you can rotate it at any time.
   */
  static fromSecret(secret: ISecret): KmsCredentials {
    return new KmsCredentials(secret);
  }

  readonly #secret: ISecret;

  private constructor(secret: ISecret) {
    this.#secret = secret;
  }

  /** What this login adds to the custom resource in this scope. */
  bind(scope: Construct): KmsCredentialsConfig {
    return { credentials: this.#secret.secretArn, statements: toReadSecret(scope, this.#secret) };
  }
}
