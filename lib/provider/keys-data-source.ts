/** Data source `byok_keys`: every key that holds imported material or can hold it. */
import type { KeyDetail } from '../kms/model';
import { keysDataSourceSchema } from '../schema/data-sources';
import type { DataSourceDefinition } from '../tfplugin/provider';
import { text } from './attributes';
import { type Client, requireConnection } from './client';
import { observedKey } from './observed-key';
import { validateAgainstSchema } from './validate';

export const keysDataSource: DataSourceDefinition<Client> = {
  schema: keysDataSourceSchema,

  validate(config, context) {
    validateAgainstSchema(keysDataSourceSchema, config, context);
  },

  async read(config, client, { signal }) {
    const { reads, now } = requireConnection(client);
    const keyState = text(config, 'key_state');
    const keys = (await reads.refreshKeys({ signal }))
      .filter(
        (key) => key.origin === 'external' && (keyState === undefined || key.keyState === keyState),
      )
      .sort(byAliasThenId)
      .map((key) => observedKey(key, now()));
    return { key_state: keyState ?? null, keys };
  },
};

/** By code unit, so that no locale moves an element of the list. */
function byAliasThenId(a: KeyDetail, b: KeyDetail): number {
  const [one, other] = a.keyAlias === b.keyAlias ? [a.keyId, b.keyId] : [a.keyAlias, b.keyAlias];
  return one < other ? -1 : 1;
}
