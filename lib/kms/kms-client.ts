/** The KMS over HTTP. Sees wrapped material only, never plaintext. */
import { randomUUID } from 'node:crypto';
import { ByokError } from '../errors';
import { isRecord, tryParseJson } from '../json';
import { plainSpelling, type Spelling } from '../terms/setting';
import { type KeyPage, refuseSecrets, successOf, UnexpectedAnswer } from './answer';
import { createAuthenticator } from './authenticate';
import type { Authenticator, Headers, OutgoingRequest } from './authenticator';
import type { Connection } from './connection';
import { requestIdOf } from './failed-attempt';
import { HiddenTexts } from './hidden-texts';
import type { Iam } from './iam';
import { hasApiCode, hasReaction, KmsError } from './kms-error';
import { secretsOf } from './login';
import type {
  CallOptions,
  CreateKeyRequest,
  ImportKeyMaterialRequest,
  ImportParameters,
  KeyDetail,
  Kms,
  Tags,
} from './model';
import { type Operation, operations } from './operations';
import { secretFieldNames } from './request-fields';
import { RequestSender, type SenderOptions } from './request-sender';
import type { Response } from './transport';

export type { KmsLog } from './request-sender';

export interface KmsClientOptions
  extends SenderOptions,
    Pick<Connection, 'login' | 'project'>,
    Partial<Pick<Connection, 'region'>> {
  /**
   * IAM, ending in `/v3`; undefined when nothing is asked of it: a project id is given, and no
   * password.
   */
  readonly authUrl?: URL | undefined;
  /** Of new keys, and of the keys that are listed. @default the default one, and all */
  readonly enterpriseProjectId?: string | undefined;
  /** Names one request. @default a random UUID */
  readonly newSequence?: () => string;
}

/**
 * Keys in one page of a list. Documented as "within the range of the maximum number of CMKs", and
 * nobody says what becomes of a larger one: where the first is refused, the second is within every
 * quota that is documented.
 */
const pageSizes = [1000, 100] as const;

/**
 * Far beyond every quota, also where pages are smaller than asked for: a list that goes on after
 * that has no end.
 */
const listLimits = { pages: 100, keys: 50_000 } as const;
/**
 * Documented are 1 to 1000: with the longest tags, twenty a key, a thousand would be more than one
 * answer may be long.
 */
const tagsPageSize = 500;

export class KmsClient implements Kms {
  readonly place: string;
  readonly project: string;
  readonly #sender: RequestSender;
  readonly #authenticator: Authenticator;
  readonly #host: string;
  readonly #name: Spelling['name'];
  readonly #enterpriseProjectId: string | undefined;
  readonly #newSequence: () => string;
  readonly #hidden: HiddenTexts;
  #iam: Iam | undefined;
  #changed = false;
  #pageSize: number = pageSizes[0];

  /** @throws ByokError ERR_CONFIGURATION when a proxy variable is wrong */
  constructor(options: KmsClientOptions) {
    const { login, project, now } = options;
    this.#hidden = new HiddenTexts(secretsOf(login));
    this.#sender = new RequestSender(
      options,
      { name: 'KMS', setting: 'kmsEndpoint' },
      this.#hidden,
    );
    this.#authenticator = createAuthenticator(login, project, () => this.#openIam(options), now);
    this.#host = options.endpoint.host;
    this.#name = (options.spelling ?? plainSpelling).name;
    this.project = projectOf(options);
    this.place = `${options.region === undefined ? '' : `region ${options.region}, `}${this.project}`;
    this.#enterpriseProjectId = options.enterpriseProjectId;
    this.#newSequence = options.newSequence ?? randomUUID;
  }

  /** Drops all connections. */
  close(): void {
    this.#sender.close();
    this.#iam?.close();
  }

  /** True once a call that makes or changes a key was begun. */
  get changed(): boolean {
    return this.#changed;
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

  async listKeys(options?: CallOptions): Promise<KeyDetail[]> {
    // By id: keys that come and go between two pages shift the rest, and one may show up twice.
    const keys = new Map<string, KeyDetail>();
    const seen = new Set<string>();
    let marker: string | undefined;
    do {
      const page = await this.#listPage(marker, options);
      for (const key of page.keys) {
        keys.set(key.keyId, key);
      }
      marker = page.nextMarker;
      if (seen.has(marker)) {
        throw endlessList(operations.listKeys, 'its markers repeat');
      }
      seen.add(marker);
      if (marker !== '' && (seen.size >= listLimits.pages || keys.size >= listLimits.keys)) {
        throw endlessList(operations.listKeys, tooMany(keys.size, seen.size));
      }
    } while (marker !== '');
    return [...keys.values()];
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

  /** Tags of all keys, by key id. A key that the KMS leaves out has none that is known. */
  async listTags(options?: CallOptions): Promise<ReadonlyMap<string, Tags>> {
    const found = new Map<string, Tags>();
    for (let [offset, pages] = [0, 1]; ; pages += 1) {
      const page = await this.#call(operations.listTags, { offset, limit: tagsPageSize }, options);
      const before = found.size;
      for (const [keyId, tags] of page.keys) {
        found.set(keyId, tags);
      }
      offset += page.entries;
      // A page that shows nothing new is the last one, whatever the total says.
      if (found.size === before || offset >= (page.total ?? Number.POSITIVE_INFINITY)) {
        return found;
      }
      if (pages >= listLimits.pages || found.size >= listLimits.keys) {
        throw endlessList(operations.listTags, tooMany(found.size, pages));
      }
    }
  }

  async updateTags(
    keyId: string,
    changes: { readonly create?: Tags; readonly delete?: Tags },
    options?: CallOptions,
  ): Promise<void> {
    // What is new first: a refusal then leaves the key with more tags than wished, never with
    // fewer.
    for (const action of ['create', 'delete'] as const) {
      const tags = changes[action] ?? {};
      if (Object.keys(tags).length > 0) {
        await this.#call(operations.changeTags, { keyId, action, tags }, options);
      }
    }
  }

  /**
   * A call that was refused for its login is made once more with another login, if there is one.
   */
  async #call<Request, Answer>(
    operation: Operation<Request, Answer>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Answer> {
    const fields = operation.body?.(request, this.#name);
    this.#changed ||= operation.changes === true;
    const path = operation.path?.(request, this.#name) ?? operation.name;
    const asked = operation.keyOf?.(request) ?? fields?.key_id?.toString();
    const signal = options.signal ?? new AbortController().signal;
    const projectId = await this.#authenticator.projectId(signal);
    const sequence = this.#newSequence();
    let used: Headers = {};
    const outgoing = {
      operation: operation.name,
      repetition: operation.repetition,
      doneAlready: operation.doneAlready,
      method: fields === undefined ? 'GET' : 'POST',
      path: `/v1.0/${projectId}/kms/${path}`,
      query: [],
      body:
        fields === undefined
          ? undefined
          : Buffer.from(JSON.stringify({ ...fields, sequence }), 'utf8'),
      authorize: async (target: OutgoingRequest) => {
        used = {};
        used = await this.#authenticator.authorize(target, projectId, signal);
        return used;
      },
      names: this.#authenticator.names,
      hidden: secretValues(fields),
      hiddenIn: ({ body }: Response) =>
        secretValues(operation.isHidden === true ? tryParseJson(body) : undefined),
      sequence,
      signal,
    } as const;
    try {
      return this.#read(operation, asked, await this.#sender.send(outgoing));
    } catch (error) {
      if (!hasReaction(error, 'new-login') || !this.#authenticator.renew(used)) {
        throw error;
      }
      return this.#read(operation, asked, await this.#sender.send(outgoing));
    }
  }

  #read<Answer>(
    operation: Operation<never, Answer>,
    asked: string | undefined,
    response: Response | undefined,
  ): Answer {
    if (response === undefined) {
      return undefined as Answer; // Done already, as only calls are that answer nothing.
    }
    try {
      const answer = operation.read(successOf(response.body, asked));
      if (operation.isHidden !== true) {
        refuseSecrets(answer, this.#hidden);
      }
      return answer;
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) {
        throw error;
      }
      throw new KmsError({
        operation: operation.name,
        status: response.status,
        apiCode: undefined,
        apiMessage: `the answer is not what the API documents: ${error.message}; is ${this.#host} a KMS?`,
        requestId: requestIdOf(response, this.#hidden),
      });
    }
  }

  #openIam({ authUrl, ...options }: KmsClientOptions): Iam {
    if (authUrl === undefined) {
      const attribute = this.#name('authUrl');
      const message = `${attribute} is not set, and this login needs IAM; give its URL, ending in /v3`;
      throw new ByokError('ERR_CONFIGURATION', message, { attribute });
    }
    const { Iam: IamClient } = require('./iam') as typeof import('./iam');
    this.#iam ??= new IamClient({ ...options, endpoint: authUrl }, this.#hidden);
    return this.#iam;
  }
}

function endlessList({ name }: { readonly name: string }, why: string): KmsError {
  const apiMessage = `the list does not end: ${why}`;
  return new KmsError({
    operation: name,
    status: 200,
    apiCode: undefined,
    apiMessage,
    requestId: undefined,
  });
}

function tooMany(keys: number, pages: number): string {
  return `${keys} keys came in ${pages} pages, and more were to come`;
}

function projectOf({ project, endpoint }: Pick<KmsClientOptions, 'project' | 'endpoint'>): string {
  return `${'id' in project ? `project ${project.id}` : `project "${project.name}"`}, endpoint ${endpoint.origin}`;
}

/** @param fields of a body, whichever way it goes */
function secretValues(fields: unknown): string[] {
  return isRecord(fields)
    ? secretFieldNames.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []))
    : [];
}
