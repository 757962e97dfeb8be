/** The key that `terraform import` names must exist and must accept material. */
import type { KeyDetail, Kms } from '../kms/model';
import { requireExternalKey } from '../lifecycle/require-external-key';
import type { Context } from '../tfplugin/provider';
import { requireKeyId } from './validate';
import { wording } from './wording';

/** @throws ByokError if the id is malformed, unknown to the KMS, or of a key of another origin */
export async function describeForImport(
  { kms }: { readonly kms: Kms },
  id: string,
  context: Context,
): Promise<KeyDetail> {
  requireKeyId('id', id);
  return requireExternalKey(
    id,
    await kms.describeKey(id, { signal: context.signal }),
    kms.place,
    wording,
    undefined,
  );
}
