/** Data source `byok_key`: one key of any origin, by id or by alias. */
import { ByokError } from '../errors';
import type { KeyReads } from '../kms/describe-batcher';
import type { KeyDetail } from '../kms/model';
import { keyDataSourceSchema } from '../schema/data-sources';
import { keyStates } from '../terms/kms';
import type { DataSourceDefinition } from '../tfplugin/provider';
import { text } from './attributes';
import { type Client, requireConnection } from './client';
import { whenMadeKeyIsReady } from './key/made-key';
import { observedKey } from './observed-key';
import { report, requireKeyId } from './validate';

export const keyDataSource: DataSourceDefinition<Client> = {
  schema: keyDataSourceSchema,

  validate(config, context) {
    const given = (['key_id', 'alias'] as const).filter((name) => config[name] !== null);
    if (given.length !== 1) {
      const found =
        given.length === 0 ? 'neither key_id nor alias is set' : 'key_id and alias are both set';
      report(
        context,
        new ByokError('ERR_ARGUMENT', `${found}; set exactly one of them`, { attribute: given[0] }),
      );
    }
  },

  async read(config, client, context) {
    const { signal } = context;
    // Not in validation, because Terraform also validates the mocked values of `terraform test`.
    requireKeyId('key_id', text(config, 'key_id'));
    const connected = requireConnection(client);
    const { kms, reads, now } = connected;
    const keyId =
      text(config, 'key_id') ?? (await findByAlias(reads, text(config, 'alias') ?? '', signal));
    const key = await reads.refreshKey(keyId, { signal });
    if (key === undefined) {
      throw new ByokError(
        'ERR_KEY_NOT_FOUND',
        `the KMS of ${kms.place} does not know key "${keyId}"; check the id, region and project_id`,
        {
          attribute: 'key_id',
        },
      );
    }
    const ready =
      key.keyState === keyStates.toBeActivated
        ? await whenMadeKeyIsReady(connected, keyId, context)
        : undefined;
    return observedKey(ready ?? key, now());
  },
};

/** @throws ByokError if no key or more than one has this alias */
async function findByAlias(reads: KeyReads, alias: string, signal: AbortSignal): Promise<string> {
  const [key, ...others]: KeyDetail[] = (await reads.refreshKeys({ signal })).filter(
    ({ keyAlias }) => keyAlias === alias,
  );
  if (key === undefined) {
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `no key has the alias "${alias}"; check the alias, region and project_id`,
      {
        attribute: 'alias',
      },
    );
  }
  if (others.length > 0) {
    const ids = [key, ...others].map(({ keyId }) => keyId).sort();
    throw new ByokError(
      'ERR_ARGUMENT',
      `${ids.length} keys have the alias "${alias}": ${ids.join(', ')}; set key_id to one of them`,
      {
        attribute: 'alias',
      },
    );
  }
  return key.keyId;
}
