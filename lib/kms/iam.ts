/**
 * The two calls of IAM that a login needs: a token by password (POST /v3/auth/tokens) and the id of
 * a project by its name (GET /v3/projects). If one of them fails, the KMS has seen nothing yet, so
 * their failures are never lost answers.
 */
import { ByokError } from '../errors';
import { isRecord, tryParseJson } from '../json';
import { Secret } from '../secret';
import { formats } from '../terms/kms';
import { plainSpelling, type Spelling } from '../terms/setting';
import { shownOf } from '../terms/shown-value';
import type { Headers, OutgoingRequest } from './authenticator';
import type { Project } from './connection';
import type { HiddenTexts } from './hidden-texts';
import type { Login } from './login';
import { isLostAnswer, UnreachableError } from './lost-answer';
import { RequestSender, type SenderOptions } from './request-sender';
import type { Response } from './transport';

export type PasswordCredentials = Extract<Login, { kind: 'password' }>;

export class Iam {
  readonly #sender: RequestSender;
  readonly #host: string;
  readonly #hidden: HiddenTexts;
  readonly #spelling: Spelling;

  /**
   * @param options `endpoint` ends in `/v3`
   * @param hidden texts that must not be shown; received tokens are added to it
   */
  constructor(options: SenderOptions, hidden: HiddenTexts) {
    this.#sender = new RequestSender(options, { name: 'IAM', setting: 'authUrl' }, hidden);
    this.#hidden = hidden;
    this.#host = options.endpoint.host;
    this.#spelling = options.spelling ?? plainSpelling;
  }

  /** Drops all connections. */
  close(): void {
    this.#sender.close();
  }

  /** @returns a token that is scoped to the project, because the KMS accepts no other */
  async logIn(
    login: PasswordCredentials,
    project: Project,
  ): Promise<{ token: Secret; projectId: string }> {
    const password = login.password.revealText();
    const user = { name: login.userName, password, domain: { name: login.domainName } };
    const auth = { identity: { methods: ['password'], password: { user } }, scope: { project } };
    const response = await this.#ask({
      operation: 'auth-tokens',
      method: 'POST',
      path: '/auth/tokens',
      body: Buffer.from(JSON.stringify({ auth }), 'utf8'),
      hidden: [password],
      names: login.names,
    });
    const token = tokenIn(response);
    if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) {
      throw this.#unexpected('auth-tokens', 'X-Subject-Token is missing', response);
    }
    return {
      token: Secret.fromText(token),
      projectId: 'id' in project ? project.id : this.#projectOfToken(response),
    };
  }

  /** @throws ByokError ERR_CONFIGURATION unless there is exactly one project of that name */
  async findProjectId(
    name: string,
    authorize: (request: OutgoingRequest) => Promise<Headers>,
    names: string,
  ): Promise<string> {
    const response = await this.#ask({
      operation: 'projects',
      method: 'GET',
      path: '/projects',
      query: [['name', name]],
      authorize,
      names,
    });
    const answer = tryParseJson(response.body);
    if (!isRecord(answer) || !Array.isArray(answer.projects)) {
      throw this.#unexpected('projects', 'projects is missing', response);
    }
    const ids = answer.projects.flatMap((project: unknown) =>
      isRecord(project) && project.name === name ? [project.id] : [],
    );
    const [id] = ids;
    if (ids.length !== 1 || !this.#isProjectId(id)) {
      const [byId, byName, byRegion] = (['projectId', 'projectName', 'region'] as const).map(
        this.#spelling.name,
      );
      throw new ByokError(
        'ERR_CONFIGURATION',
        `${this.#host} knows ${ids.length === 0 ? 'no project' : `${ids.length} projects`} ` +
          `${shownOf(name, 'projectName')} of this login; give ${byId}, or another ${byName} or ${byRegion}`,
        { attribute: byId },
      );
    }
    return id;
  }

  #projectOfToken(response: Response): string {
    const answer = tryParseJson(response.body);
    const token = isRecord(answer) && isRecord(answer.token) ? answer.token : {};
    const id = isRecord(token.project) ? token.project.id : undefined;
    if (!this.#isProjectId(id)) {
      throw this.#unexpected('auth-tokens', 'token.project.id is missing', response);
    }
    return id;
  }

  /** A token may look like an id, and nothing secret may go into paths and messages. */
  #isProjectId(id: unknown): id is string {
    return (
      typeof id === 'string' && new RegExp(formats.projectId).test(id) && !this.#hidden.standIn(id)
    );
  }

  async #ask(request: {
    readonly operation: string;
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly query?: readonly (readonly [string, string])[];
    readonly body?: Buffer;
    readonly authorize?: (request: OutgoingRequest) => Promise<Headers>;
    readonly hidden?: readonly string[];
    readonly names: string;
  }): Promise<Response> {
    try {
      return await this.#sender.send({
        query: [],
        body: undefined,
        authorize: async () => ({}),
        hidden: [],
        hiddenIn: (response) => [tokenIn(response)].filter((token) => token !== undefined),
        ...request,
        repetition: 'safe',
        signal: new AbortController().signal,
      });
    } catch (error) {
      throw isLostAnswer(error)
        ? new UnreachableError(request.operation, (error as Error).message, {
            sent: false,
            cause: error,
          })
        : error;
    }
  }

  #unexpected(operation: string, what: string, { status }: Response): ByokError {
    return new ByokError(
      'ERR_KMS',
      `${operation} answered ${status}, and not as the API documents: ${what}; is ${this.#host} an IAM?`,
      {
        attribute: this.#spelling.name('authUrl'),
      },
    );
  }
}

function tokenIn({ headers }: Response): string | undefined {
  const token = headers['x-subject-token'];
  return typeof token === 'string' ? token : undefined;
}
