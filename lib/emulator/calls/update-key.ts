/**
 * update-key-alias, update-key-description:
 * both are refused while the deletion of the key is pending.
 */
import { keyStates } from '../../terms/kms';
import { defineCall, type KeyBody } from '../api-call';
import { refusal } from '../api-error';
import type { StoredKey } from '../key';

interface UpdateKeyAliasBody extends KeyBody {
  readonly key_alias: string;
}

export const updateKeyAlias = defineCall<UpdateKeyAliasBody>({
  operation: 'update-key-alias',
  required: ['key_id', 'key_alias'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    refusePendingDeletion(key);
    if (key.alias !== body.key_alias && keys.holdsAlias(body.key_alias)) {
      throw refusal('KMS.1104');
    }
    key.alias = body.key_alias;
    keys.changed();
    return { key_info: { key_id: key.keyId, key_alias: key.alias } };
  },
});

interface UpdateKeyDescriptionBody extends KeyBody {
  readonly key_description: string;
}

export const updateKeyDescription = defineCall<UpdateKeyDescriptionBody>({
  operation: 'update-key-description',
  required: ['key_id', 'key_description'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    refusePendingDeletion(key);
    key.description = body.key_description;
    keys.changed();
    return { key_info: { key_id: key.keyId, key_description: key.description } };
  },
});

function refusePendingDeletion({ state }: StoredKey): void {
  if (state === keyStates.pendingDeletion) {
    throw refusal('KMS.0210');
  }
}
