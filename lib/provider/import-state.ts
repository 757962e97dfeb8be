/** The key that `terraform import` names must exist and be one that material can be imported into. */
import { ByokError } from '../errors';
import type { KeyDetail, Kms } from '../kms/model';
import { formats } from '../schema/kms';
import type { Context } from '../tfplugin/provider';
import { checkForm } from './validate';

/** @throws ByokError when the id is malformed, unknown to the KMS, or of a key of another origin */
export async function describeForImport({ kms }: { readonly kms: Kms }, id: string, context: Context): Promise<KeyDetail> {
  checkForm('id', id, formats.keyId, 'a key id of 36 characters, for example "0d0466b0-e727-4d9c-b35d-f84bb474a37f"');
  const key = await kms.describeKey(id, { signal: context.signal });
  if (key === undefined) {
    throw new ByokError('ERR_KEY_NOT_FOUND', `key "${id}" is not known to the KMS; check the id, region and project_id`);
  }
  if (key.origin !== 'external') {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${id} has origin "${key.origin}"; only keys of origin "external" hold imported material`,
    );
  }
  return key;
}
