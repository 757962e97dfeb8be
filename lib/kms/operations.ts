/**
 * The calls of the KMS, each described once: its name (which is also the end of its path, except
 * for tags), whether it may be repeated if the answer is lost, the body it sends, and what we read
 * from the answer.
 */
import { keyStates } from '../terms/kms';
import {
  confirmState,
  importParameters,
  keyDetail,
  keyInfo,
  keyPage,
  nothing,
  requiredName,
  requiredText,
  tagsOfKey,
  tagsPage,
  UnexpectedAnswer,
} from './answer';
import type { CreateKeyRequest, ImportKeyMaterialRequest, Tags } from './model';
import type { NameOf, Operation, RequestBody } from './operation';
import {
  checkAlias,
  checkDescription,
  checkExpirationTime,
  checkPendingDays,
  checkTags,
  checkText,
  checkWrappingAlgorithm,
  keyIdBody,
} from './request-fields';

/** A setting of the client, not of a single call. */
interface InEnterpriseProject {
  readonly enterpriseProjectId?: string | undefined;
}

const enterpriseProject = ({ enterpriseProjectId }: InEnterpriseProject): RequestBody =>
  enterpriseProjectId === undefined ? {} : { enterprise_project_id: enterpriseProjectId };

interface TagsAction {
  readonly keyId: string;
  readonly action: 'create' | 'delete';
  readonly tags: Tags;
}

export const operations = {
  // A second key of the same alias is refused with KMS.1104, and then we could not know whose the
  // first one is.
  createKey: {
    name: 'create-key',
    repetition: 'once',
    changes: true,
    body: (request: CreateKeyRequest & InEnterpriseProject, nameOf: NameOf): RequestBody => ({
      key_alias: checkAlias(request.keyAlias, nameOf),
      origin: 'external',
      ...enterpriseProject(request),
      ...(request.keySpec === undefined ? {} : { key_spec: request.keySpec }),
      ...(request.keyUsage === undefined ? {} : { key_usage: request.keyUsage }),
      ...(request.keyDescription === undefined
        ? {}
        : { key_description: checkDescription(request.keyDescription, nameOf) }),
    }),
    read: (answer) => ({ keyId: requiredName(keyInfo(answer), 'key_id') }),
  } satisfies Operation<CreateKeyRequest & InEnterpriseProject, { keyId: string }>,

  describeKey: {
    name: 'describe-key',
    repetition: 'safe',
    body: keyIdBody,
    read: (answer: unknown) => keyDetail(keyInfo(answer)),
  },

  // Without key_spec, Huawei Cloud lists AES_256 keys only. Open Telekom Cloud does not document
  // the field. We always send it, because no documented answer tells the clouds apart.
  listKeys: {
    name: 'list-keys',
    repetition: 'safe',
    body: (
      request: { marker: string | undefined; limit: number } & InEnterpriseProject,
    ): RequestBody => ({
      key_spec: 'ALL',
      limit: String(request.limit),
      ...enterpriseProject(request),
      ...(request.marker === undefined ? {} : { marker: request.marker }),
    }),
    read: keyPage,
  },

  // Each answer is a new pair; as far as documented, none invalidates an earlier one.
  getParametersForImport: {
    name: 'get-parameters-for-import',
    repetition: 'safe',
    isHidden: true,
    body: (request: { keyId: string; wrappingAlgorithm: string }, nameOf: NameOf) => ({
      ...keyIdBody(request.keyId, nameOf),
      wrapping_algorithm: checkWrappingAlgorithm(request.wrappingAlgorithm, nameOf),
    }),
    read: importParameters,
  },

  // After a success the same request is refused with KMS.0310, just as if another writer came
  // first.
  importKeyMaterial: {
    name: 'import-key-material',
    repetition: 'once',
    changes: true,
    body: (request: ImportKeyMaterialRequest, nameOf: NameOf) => ({
      ...keyIdBody(request.keyId, nameOf),
      import_token: checkText('importToken', request.importToken.revealText(), nameOf),
      encrypted_key_material: checkText(
        'encryptedKeyMaterial',
        request.encryptedKeyMaterial.toString('base64'),
        nameOf,
      ),
      ...(request.encryptedPrivatekey === undefined
        ? {}
        : {
            encrypted_privatekey: checkText(
              'encryptedPrivatekey',
              request.encryptedPrivatekey.toString('base64'),
              nameOf,
            ),
          }),
      ...(request.expirationTime === undefined
        ? {}
        : { expiration_time: checkExpirationTime(request.expirationTime, nameOf) }),
    }),
    read: nothing,
  },

  // A repeat could delete what another writer has just imported.
  deleteImportedKeyMaterial: {
    name: 'delete-imported-key-material',
    repetition: 'once',
    changes: true,
    body: keyIdBody,
    read: nothing,
  },

  // Only a disabled key can be enabled and the other way round, so the refusal of a repeat shows
  // that the first call worked.
  enableKey: {
    name: 'enable-key',
    repetition: 'safe',
    doneAlready: 'KMS.1201',
    changes: true,
    body: keyIdBody,
    read: (answer) => confirmState(keyInfo(answer), keyStates.enabled),
  } satisfies Operation<string, undefined>,
  disableKey: {
    name: 'disable-key',
    repetition: 'safe',
    doneAlready: 'KMS.1301',
    changes: true,
    body: keyIdBody,
    read: (answer) => confirmState(keyInfo(answer), keyStates.disabled),
  } satisfies Operation<string, undefined>,

  // A repeat could undo what someone decided in between.
  scheduleKeyDeletion: {
    name: 'schedule-key-deletion',
    repetition: 'once',
    changes: true,
    body: (request: { keyId: string; pendingDays: number }, nameOf: NameOf) => ({
      ...keyIdBody(request.keyId, nameOf),
      pending_days: checkPendingDays(request.pendingDays, nameOf),
    }),
    read: (answer) => confirmState(answer, keyStates.pendingDeletion),
  } satisfies Operation<{ keyId: string; pendingDays: number }, undefined>,
  // The documents say state 3, also for a key without material, which goes to state 5.
  cancelKeyDeletion: {
    name: 'cancel-key-deletion',
    repetition: 'once',
    changes: true,
    body: keyIdBody,
    read: (answer: unknown) =>
      void [requiredText(answer, 'key_id'), requiredText(answer, 'key_state')],
  },

  updateKeyAlias: {
    name: 'update-key-alias',
    repetition: 'safe',
    changes: true,
    body: (request: { keyId: string; keyAlias: string }, nameOf: NameOf) => ({
      ...keyIdBody(request.keyId, nameOf),
      key_alias: checkAlias(request.keyAlias, nameOf),
    }),
    read: nothing,
  },
  updateKeyDescription: {
    name: 'update-key-description',
    repetition: 'safe',
    changes: true,
    body: (request: { keyId: string; keyDescription: string }, nameOf: NameOf) => ({
      ...keyIdBody(request.keyId, nameOf),
      key_description: checkDescription(request.keyDescription, nameOf),
    }),
    read: nothing,
  },

  getPublicKey: {
    name: 'get-publickey',
    repetition: 'safe',
    isHidden: true,
    body: keyIdBody,
    read: (answer: unknown) => {
      const pem = requiredText(answer, 'public_key');
      if (!pem.includes('-----BEGIN ')) {
        throw new UnexpectedAnswer('public_key is not PEM');
      }
      return pem;
    },
  },

  getTags: {
    name: 'list-tags',
    repetition: 'safe',
    keyOf: (keyId: string) => keyId,
    path: (keyId: string, nameOf: NameOf) => `${checkText('keyId', keyId, nameOf)}/tags`,
    read: tagsOfKey,
  },
  // Lists all keys, one page at a time. The action `filter`, without a filter.
  listTags: {
    name: 'resource-instances',
    repetition: 'safe',
    path: () => 'resource_instances/action',
    body: (page: { offset: number; limit: number }) => ({
      action: 'filter',
      limit: String(page.limit),
      offset: String(page.offset),
    }),
    read: (answer: unknown) => tagsPage(answer),
  },
  // An existing tag is written again, and a deleted one stays deleted.
  changeTags: {
    name: 'batch-tags',
    repetition: 'safe',
    changes: true,
    keyOf: (request: TagsAction) => request.keyId,
    path: (request: TagsAction, nameOf: NameOf) =>
      `${checkText('keyId', request.keyId, nameOf)}/tags/action`,
    body: (request: TagsAction, nameOf: NameOf) => ({
      action: request.action,
      tags: checkTags(request.tags, nameOf),
    }),
    read: nothing,
  },
} as const satisfies Record<string, Operation<never, unknown>>;
