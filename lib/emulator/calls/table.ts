/** Every KMS call that the emulator answers, under POST /v1.0/{project_id}/kms/. */
import type { ApiCall } from '../api-call';
import { createKey } from './create-key';
import { decryptData, encryptData } from './crypto-data';
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './import-material';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './key-state';
import { describeKey, getPublicKey, listKeys } from './read-keys';
import { updateKeyAlias, updateKeyDescription } from './update-key';

export const apiCalls: readonly ApiCall[] = [
  createKey,
  describeKey,
  listKeys,
  getPublicKey,
  getParametersForImport,
  importKeyMaterial,
  deleteImportedKeyMaterial,
  enableKey,
  disableKey,
  scheduleKeyDeletion,
  cancelKeyDeletion,
  updateKeyAlias,
  updateKeyDescription,
  encryptData,
  decryptData,
];
