/** The key that `terraform import` names must exist and must accept material. */
import type { KeyDetail, Kms } from '../kms/model';
import { requireExternalKey } from '../lifecycle/require-external-key';
import { formats } from '../terms/kms';
import type { Context } from '../tfplugin/provider';
import { checkForm } from './validate';
import { wording } from './wording';

/** @throws ByokError if the id is malformed, unknown to the KMS, or of a key of another origin */
export async function describeForImport(
  { kms }: { readonly kms: Kms },
  id: string,
  context: Context,
): Promise<KeyDetail> {
  checkForm(
    'id',
    id,
    formats.keyId,
    'a key id of 36 characters, for example "0d0466b0-e727-4d9c-b35d-f84bb474a37f"',
  );
  return requireExternalKey(
    id,
    await kms.describeKey(id, { signal: context.signal }),
    kms.place,
    wording,
    undefined,
  );
}
