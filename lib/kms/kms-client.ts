/** The calls of the KMS, by name. Sees wrapped material only, never plaintext. */
import { shownOf } from '../terms/shown-value';
import type { KeyPage } from './answer';
import { Caller, type CallerOptions } from './caller';
import type { Connection } from './connection';
import { hasApiCode } from './kms-error';
import { allKeys, allTags } from './lists';
import type {
  CallOptions,
  CreateKeyRequest,
  ImportKeyMaterialRequest,
  ImportParameters,
  KeyDetail,
  Kms,
  Tags,
  Whereabouts,
} from './model';
import type { Operation } from './operation';
import { operations } from './operations';

export type { KmsLog } from './request-sender';

export interface KmsClientOptions
  extends CallerOptions,
    Partial<Pick<Connection, 'cloud' | 'region'>> {
  /**
   * For new keys, and for the keys that are listed.
   * @default the default one, and all
   */
  readonly enterpriseProjectId?: string | undefined;
}

/**
 * Keys in one page of a list. The documents say "within the range of the maximum number of CMKs",
 * and not what happens beyond it. If the KMS refuses the first number, we use the second, which is
 * within every documented quota.
 */
const pageSizes = [1000, 100] as const;

/**
 * The documents allow 1 to 1000. With the longest tags, twenty for each key, a thousand would make
 * the answer too long.
 */
const tagsPageSize = 500;

export class KmsClient implements Kms {
  readonly place: string;
  readonly project: string;
  readonly whereabouts: Whereabouts;
  readonly #caller: Caller;
  readonly #enterpriseProjectId: string | undefined;
  #pageSize: number = pageSizes[0];

  /** @throws ByokError ERR_CONFIGURATION if a proxy variable is wrong */
  constructor(options: KmsClientOptions) {
    this.#caller = new Caller(options);
    this.project = projectOf(options);
    this.place = `${options.region === undefined ? '' : `region ${options.region}, `}${this.project}`;
    this.whereabouts = whereaboutsOf(options);
    this.#enterpriseProjectId = options.enterpriseProjectId;
  }

  /** Drops all connections. */
  close(): void {
    this.#caller.close();
  }

  /** True once a call that makes or changes a key has begun. */
  get changed(): boolean {
    return this.#caller.changed;
  }

  createKey(request: CreateKeyRequest, options?: CallOptions): Promise<{ keyId: string }> {
    return this.#call(
      operations.createKey,
      { ...request, enterpriseProjectId: this.#enterpriseProjectId },
      options,
    );
  }

  async describeKey(keyId: string, options?: CallOptions): Promise<KeyDetail | undefined> {
    try {
      return await this.#call(operations.describeKey, keyId, options);
    } catch (error) {
      if (hasApiCode(error, 'KMS.0207') && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  listKeys(options?: CallOptions): Promise<KeyDetail[]> {
    return allKeys((marker) => this.#listPage(marker, options));
  }

  async #listPage(marker: string | undefined, options: CallOptions | undefined): Promise<KeyPage> {
    const request = { marker, enterpriseProjectId: this.#enterpriseProjectId };
    try {
      return await this.#call(operations.listKeys, { ...request, limit: this.#pageSize }, options);
    } catch (error) {
      if (!hasApiCode(error, 'KMS.1601') || this.#pageSize === pageSizes[1]) {
        throw error;
      }
      this.#pageSize = pageSizes[1];
      return this.#call(operations.listKeys, { ...request, limit: this.#pageSize }, options);
    }
  }

  getParametersForImport(
    keyId: string,
    wrappingAlgorithm: string,
    options?: CallOptions,
  ): Promise<ImportParameters> {
    return this.#call(operations.getParametersForImport, { keyId, wrappingAlgorithm }, options);
  }

  importKeyMaterial(request: ImportKeyMaterialRequest, options?: CallOptions): Promise<void> {
    return this.#call(operations.importKeyMaterial, request, options);
  }

  deleteImportedKeyMaterial(keyId: string, options?: CallOptions): Promise<void> {
    return this.#call(operations.deleteImportedKeyMaterial, keyId, options);
  }

  enableKey(keyId: string, options?: CallOptions): Promise<void> {
    return this.#call(operations.enableKey, keyId, options);
  }

  disableKey(keyId: string, options?: CallOptions): Promise<void> {
    return this.#call(operations.disableKey, keyId, options);
  }

  scheduleKeyDeletion(keyId: string, pendingDays: number, options?: CallOptions): Promise<void> {
    return this.#call(operations.scheduleKeyDeletion, { keyId, pendingDays }, options);
  }

  cancelKeyDeletion(keyId: string, options?: CallOptions): Promise<void> {
    return this.#call(operations.cancelKeyDeletion, keyId, options);
  }

  updateKeyAlias(keyId: string, keyAlias: string, options?: CallOptions): Promise<void> {
    return this.#call(operations.updateKeyAlias, { keyId, keyAlias }, options);
  }

  updateKeyDescription(
    keyId: string,
    keyDescription: string,
    options?: CallOptions,
  ): Promise<void> {
    return this.#call(operations.updateKeyDescription, { keyId, keyDescription }, options);
  }

  getPublicKey(keyId: string, options?: CallOptions): Promise<string> {
    return this.#call(operations.getPublicKey, keyId, options);
  }

  getTags(keyId: string, options?: CallOptions): Promise<Tags> {
    return this.#call(operations.getTags, keyId, options);
  }

  /** Tags of all keys, by key id. If the KMS leaves a key out, its tags are unknown. */
  listTags(options?: CallOptions): Promise<ReadonlyMap<string, Tags>> {
    return allTags((offset) =>
      this.#call(operations.listTags, { offset, limit: tagsPageSize }, options),
    );
  }

  async updateTags(
    keyId: string,
    changes: { readonly create?: Tags; readonly delete?: Tags },
    options?: CallOptions,
  ): Promise<void> {
    // First what is new: a refusal then leaves the key with more tags than wanted, never with
    // fewer.
    for (const action of ['create', 'delete'] as const) {
      const tags = changes[action] ?? {};
      if (Object.keys(tags).length > 0) {
        await this.#call(operations.changeTags, { keyId, action, tags }, options);
      }
    }
  }

  #call<Request, Answer>(
    operation: Operation<Request, Answer>,
    request: Request,
    options?: CallOptions,
  ): Promise<Answer> {
    return this.#caller.call(operation, request, options);
  }
}

function whereaboutsOf({ cloud, region, project }: KmsClientOptions): Whereabouts {
  return { cloud, region, project: 'id' in project ? project.id : project.name };
}

function projectOf({ project, endpoint }: Pick<KmsClientOptions, 'project' | 'endpoint'>): string {
  return `${'id' in project ? `project ${project.id}` : `project ${shownOf(project.name, 'projectName')}`}, endpoint ${endpoint.origin}`;
}
