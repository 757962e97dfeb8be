/**
 * The emulator's IAM: POST /v3/auth/tokens by password, GET /v3/projects,
 * and the check of X-Auth-Token on KMS calls.
 * Issued tokens live for 24 hours on the emulator's clock.
 * The token that `startEmulator` returns never expires, so tests may move the clock.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { formats } from '../terms/kms';
import { IamError, refusal } from './api-error';
import { type CallerParts, requireCaller } from './caller';
import { sameText } from './same-text';

export interface IamAccount {
  readonly userName: string;
  readonly password: string;
  readonly domainName: string;
  readonly domainId: string;
  readonly projectId: string;
  readonly projectName: string;
}

interface AuthToken {
  /** Undefined for a token scoped to a domain or to nothing, which the KMS refuses. */
  readonly projectId: string | undefined;
  readonly expiresAt: number;
}

interface AuthTokensBody {
  readonly auth: {
    readonly identity: {
      readonly methods: readonly string[];
      readonly password: {
        readonly user: {
          readonly name: string;
          readonly password: string;
          readonly domain: { readonly name: string };
        };
      };
    };
    readonly scope?: { readonly project?: { readonly id?: string; readonly name?: string } };
  };
}

const lifetimeMs = 24 * 60 * 60 * 1000;

export class AuthTokens {
  readonly #tokens = new Map<string, AuthToken>();

  issue(token: AuthToken): string {
    const text = randomBytes(48).toString('base64url');
    this.#tokens.set(text, token);
    return text;
  }

  /** Accepts a token that the caller chose and that never expires. */
  admit(text: string, projectId: string): void {
    this.#tokens.set(text, { projectId, expiresAt: Number.POSITIVE_INFINITY });
  }

  /** @throws ApiError unless the token is valid for this project now */
  check(text: string | undefined, projectId: string, now: number): void {
    checkProjectForm(projectId);
    if (text === undefined || text === '') {
      throw refusal('KMS.0301');
    }
    const token = this.#tokens.get(text);
    if (token === undefined) {
      throw refusal('KMS.0302');
    }
    if (token.expiresAt <= now) {
      throw refusal('KMS.0303');
    }
    if (token.projectId === undefined) {
      throw refusal('KMS.0305');
    }
    if (token.projectId !== projectId) {
      throw refusal('KMS.0321');
    }
  }

  /** Whether IAM knows the token, whatever its scope is. */
  holds(text: string | undefined, now: number): boolean {
    const token = this.#tokens.get(text ?? '');
    return token !== undefined && token.expiresAt > now;
  }
}

/** @throws ApiError KMS.0201 */
export function checkProjectForm(projectId: string): void {
  if (!new RegExp(formats.projectId).test(projectId)) {
    throw refusal('KMS.0201', 'the project id in the path must have 32 characters');
  }
}

export interface IamParts extends CallerParts {
  readonly account: IamAccount;
  readonly authTokens: AuthTokens;
}

/** Adds the routes to a scope of their own, with errors in IAM's envelope. */
export function addIamRoutes(scope: FastifyInstance, parts: IamParts): void {
  addTokenRoute(scope, parts);
  scope.register(async (inner) => addProjectsRoute(inner, parts));
}

/** SDKs use it to find the project id of a region: projects have the names of regions. */
function addProjectsRoute(
  scope: FastifyInstance,
  { account, authTokens, accessKeys, now }: IamParts,
): void {
  requireCaller(scope, {
    accessKeys,
    now,
    checkToken(token) {
      if (!authTokens.holds(token, now())) {
        throw unauthenticated();
      }
    },
  });
  scope.get<{ Querystring: { name?: string } }>(
    '/v3/projects',
    { config: { operation: 'projects' } },
    async ({ query, url }) => {
      const { projectId, projectName, domainId } = account;
      const found = query.name === undefined || query.name === projectName;
      const project = {
        id: projectId,
        name: projectName,
        domain_id: domainId,
        parent_id: domainId,
        is_domain: false,
        enabled: true,
      };
      return {
        projects: found ? [{ ...project, description: '' }] : [],
        links: { self: url, next: null, previous: null },
      };
    },
  );
}

function addTokenRoute(scope: FastifyInstance, { account, authTokens, now }: IamParts): void {
  scope.post<{ Body: AuthTokensBody }>(
    '/v3/auth/tokens',
    { schema: { body: authTokensSchema }, config: { operation: 'auth-tokens' } },
    async ({ body }, reply) => {
      const { user } = body.auth.identity.password;
      const known = user.name === account.userName && user.domain.name === account.domainName;
      // Both are always compared, so the time of the answer reveals nothing.
      if (!(sameText(user.password, account.password) && known)) {
        throw unauthenticated();
      }
      const projectId = chooseProject(body.auth.scope?.project, account);
      const issuedAt = now();
      const expiresAt = issuedAt + lifetimeMs;
      const domain = { id: account.domainId, name: account.domainName };
      return reply
        .status(201)
        .header('X-Subject-Token', authTokens.issue({ projectId, expiresAt }))
        .send({
          token: {
            methods: ['password'],
            issued_at: microseconds(issuedAt),
            expires_at: microseconds(expiresAt),
            user: { id: account.domainId, name: account.userName, domain },
            ...(projectId === undefined
              ? {}
              : { project: { id: projectId, name: account.projectName, domain } }),
            roles: [],
            catalog: [],
          },
        });
    },
  );
}

function unauthenticated(): IamError {
  return new IamError(401, 'Unauthorized', 'The request you have made requires authentication.');
}

/** Undefined if the request names no project. */
function chooseProject(
  wanted: { readonly id?: string; readonly name?: string } | undefined,
  { projectId, projectName }: IamAccount,
): string | undefined {
  if (wanted === undefined) {
    return undefined;
  }
  if ((wanted.id ?? projectId) !== projectId || (wanted.name ?? projectName) !== projectName) {
    throw new IamError(404, 'Not Found', 'Could not find the project of the requested scope.');
  }
  return projectId;
}

/** IAM writes six decimals of a second. */
function microseconds(instant: number): string {
  return new Date(instant).toISOString().replace('Z', '000Z');
}

const name = { type: 'string', minLength: 1 };
const namedObject = { type: 'object', required: ['name'], properties: { name } };

const authTokensSchema = {
  type: 'object',
  required: ['auth'],
  properties: {
    auth: {
      type: 'object',
      required: ['identity'],
      properties: {
        identity: {
          type: 'object',
          required: ['methods', 'password'],
          properties: {
            methods: { type: 'array', items: { const: 'password' }, minItems: 1 },
            password: {
              type: 'object',
              required: ['user'],
              properties: {
                user: {
                  type: 'object',
                  required: ['name', 'password', 'domain'],
                  properties: { name, password: name, domain: namedObject },
                },
              },
            },
          },
        },
        scope: {
          type: 'object',
          properties: {
            project: {
              type: 'object',
              anyOf: [{ required: ['id'] }, { required: ['name'] }],
              properties: { id: name, name },
            },
            domain: { type: 'object' },
          },
        },
      },
    },
  },
};
