/** Policy statements that let the handler read one secret or parameter and nothing else. */

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * The ARN of a secret ends in six random characters. If the secret was imported by name
 * or partial ARN, we do not know them, so `??????` stands for them.
 */
export function toReadSecret(scope: Construct, secret: ISecret): PolicyStatement[] {
  const arn = secret.secretFullArn ?? `${secret.secretArn}-??????`;
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] }),
    ...toDecrypt(scope, secret.encryptionKey, 'secretsmanager'),
  ];
}

export function toReadParameter(
  scope: Construct,
  arn: string,
  encryptionKey: IKey | undefined,
): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [arn] }),
    ...toDecrypt(scope, encryptionKey, 'ssm'),
  ];
}

/** The key that AWS manages needs no statement: its policy admits every reader of the secret. */
function toDecrypt(scope: Construct, key: IKey | undefined, service: string): PolicyStatement[] {
  const viaService = {
    StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` },
  };
  return key === undefined
    ? []
    : [
        new PolicyStatement({
          actions: ['kms:Decrypt'],
          resources: [key.keyArn],
          conditions: viaService,
        }),
      ];
}
