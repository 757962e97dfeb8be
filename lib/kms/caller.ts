/**
 * One call of the KMS, whichever it is: logs in, sends, reads the answer, and lets no secret out.
 */
import { randomUUID } from 'node:crypto';
import { ByokError } from '../errors';
import { isRecord, tryParseJson } from '../json';
import { plainSpelling, type Spelling } from '../terms/setting';
import { refuseSecrets, successOf, UnexpectedAnswer } from './answer';
import { createAuthenticator } from './authenticate';
import type { Authenticator, Headers, OutgoingRequest } from './authenticator';
import type { Connection } from './connection';
import { requestIdOf } from './failed-attempt';
import { HiddenTexts } from './hidden-texts';
import type { Iam } from './iam';
import { hasReaction, KmsError } from './kms-error';
import { secretsOf } from './login';
import type { CallOptions } from './model';
import type { Operation } from './operation';
import { secretFieldNames } from './request-fields';
import { RequestSender, type SenderOptions } from './request-sender';
import type { Response } from './transport';

export interface CallerOptions extends SenderOptions, Pick<Connection, 'login' | 'project'> {
  /**
   * IAM, ending in `/v3`; undefined if we ask it nothing: there is a project id, and no password.
   */
  readonly authUrl?: URL | undefined;
  /** Names one request. @default a random UUID */
  readonly newSequence?: () => string;
}

export class Caller {
  readonly #sender: RequestSender;
  readonly #authenticator: Authenticator;
  readonly #host: string;
  readonly #name: Spelling['name'];
  readonly #newSequence: () => string;
  readonly #hidden: HiddenTexts;
  #iam: Iam | undefined;
  #changed = false;

  /** @throws ByokError ERR_CONFIGURATION if a proxy variable is wrong */
  constructor(options: CallerOptions) {
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
    this.#newSequence = options.newSequence ?? randomUUID;
  }

  /** Drops all connections. */
  close(): void {
    this.#sender.close();
    this.#iam?.close();
  }

  /** True once a call that makes or changes a key has begun. */
  get changed(): boolean {
    return this.#changed;
  }

  /**
   * If a call is refused for its login, it is made once more with another login, if there is one.
   */
  async call<Request, Answer>(
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

  #openIam({ authUrl, ...options }: CallerOptions): Iam {
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

/** @param fields of a body, in either direction */
function secretValues(fields: unknown): string[] {
  return isRecord(fields)
    ? secretFieldNames.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []))
    : [];
}
