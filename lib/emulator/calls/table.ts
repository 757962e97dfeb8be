/** Every KMS call that the emulator answers, below /v1.0/{project_id}/kms/. */
import type { ApiCall } from '../api-call';
import { getPublicKey, sign, verify } from './asymmetric-keys';
import { createKey } from './create-key';
import { decryptData, encryptData } from './crypto-data';
import {
  deleteImportedKeyMaterial,
  getParametersForImport,
  importKeyMaterial,
} from './import-material';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './key-state';
import { describeKey, listKeys, userQuotas } from './read-keys';
import { listResourceInstances } from './resource-instances';
import { batchTags, createTag, deleteTag, listTags } from './tags';
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
  sign,
  verify,
  createTag,
  batchTags,
  listTags,
  deleteTag,
  listResourceInstances,
  userQuotas,
];
