/**
 * Ephemeral resource `byok_import_parameters`: one pair of wrapping key and import token, stored
 * nowhere.
 */
import { hasApiCode } from '../kms/kms-error';
import type { ImportParameters } from '../kms/model';
import { importParametersSchema } from '../schema/import-parameters';
import { formatInstant } from '../terms/expiration-time';
import type { Context, EphemeralResourceDefinition } from '../tfplugin/provider';
import type { Values } from '../tfplugin/values/value';
import { parseWrappingKey } from '../wrap/wrapping-key';
import { text } from './attributes';
import { type Client, isConnected } from './client';
import { whenMadeKeyIsReady } from './key/made-key';
import { wrappingAlgorithmOf } from './material/config';
import { requireKeyId, validateAgainstSchema } from './validate';
import { wording } from './wording';

export const importParametersEphemeral: EphemeralResourceDefinition<Client> = {
  schema: importParametersSchema,

  validate(config, context) {
    validateAgainstSchema(importParametersSchema, config, context);
  },

  async open(config, client, context) {
    // Not in validation, because Terraform also validates the mocked values of `terraform test`.
    requireKeyId('key_id', text(config, 'key_id'));
    const parameters = await fetchParameters(config, client, context);
    return {
      result: {
        key_id: config.key_id ?? null,
        wrapping_algorithm: wrappingAlgorithmOf(config),
        available: parameters !== undefined,
        public_key: parameters?.publicKey.toString('base64') ?? null,
        public_key_pem: parameters === undefined ? null : pem(parameters.publicKey),
        import_token: parameters?.importToken.revealText() ?? null,
        parameters_expire_at:
          parameters === undefined ? null : formatInstant(parameters.expirationTime),
      },
    };
  },
};

/** Undefined while the KMS gives none: a plan must not fail because the material is in place. */
async function fetchParameters(
  config: Values,
  client: Client,
  context: Context,
): Promise<ImportParameters | undefined> {
  if (!isConnected(client)) {
    context.diagnostics.warning(
      'No import parameters: the provider configuration is not known yet',
      'The provider block depends on values that are known only after apply, so we did not ask the KMS and available is false.',
    );
    return undefined;
  }
  const keyId = text(config, 'key_id') ?? '';
  const ask = () =>
    unlessNotPending(
      client.kms.getParametersForImport(keyId, wrappingAlgorithmOf(config), {
        signal: context.signal,
      }),
    );
  return (
    (await ask()) ??
    ((await whenMadeKeyIsReady(client, keyId, context)) === undefined ? undefined : ask())
  );
}

async function unlessNotPending(
  asked: Promise<ImportParameters>,
): Promise<ImportParameters | undefined> {
  try {
    const parameters = await asked;
    // The user who wraps with it trusts that only the KMS can open the result.
    parseWrappingKey(parameters.publicKey, wording);
    return parameters;
  } catch (error) {
    if (hasApiCode(error, 'KMS.0310')) {
      return undefined;
    }
    throw error;
  }
}

function pem(publicKey: Buffer): string {
  const lines = publicKey.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
