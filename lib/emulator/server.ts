/**
 * The HTTP side: routes from the table of calls, a scope for each error envelope,
 * X-Request-Id on every answer, and the faults.
 * It answers only requests with a loopback Host,
 * so no web page can reach the emulator through a name of its own.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { formats } from '../terms/kms';
import type { AccessKeys } from './access-keys';
import type { ApiCall, PathParams, World } from './api-call';
import { ApiError, IamError, refusal } from './api-error';
import { requireCaller } from './caller';
import { apiCalls } from './calls/table';
import { breakAnswer, type Fault, type Faults, faultError } from './faults';
import { type AuthTokens, addIamRoutes, checkProjectForm, type IamAccount } from './iam';
import type { Journal } from './journal';
import { judgeViolation } from './request-fields';
import { headerValue } from './signature';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on routes of the emulated services. Their calls are journaled and can have faults. */
    operation?: string;
  }
  interface FastifyRequest {
    fault: Fault | undefined;
    /** For the journal. */
    keyId: string | undefined;
    errorCode: string | undefined;
  }
}

export interface ServerParts {
  readonly world: World;
  readonly account: IamAccount;
  readonly authTokens: AuthTokens;
  readonly accessKeys: AccessKeys;
  readonly faults: Faults;
  readonly journal: Journal;
  /** Adds the control endpoint to a scope of its own. */
  readonly addControlRoutes: (scope: FastifyInstance) => void;
}

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

export function createServer(parts: ServerParts): FastifyInstance {
  const closing = new AbortController();
  const server = fastify({
    genReqId: () => randomUUID().replaceAll('-', ''),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    frameworkErrors: (_error, request, reply) => {
      answer(new ApiError('APIGW.0101'), request, reply);
    },
  });
  server.decorateRequest('fault', undefined);
  server.decorateRequest('keyId', undefined);
  server.decorateRequest('errorCode', undefined);
  server.addHook('onClose', async () => closing.abort());
  server.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    // The clock that tests move: the answer must show the time that signatures are judged by.
    reply.header('Date', new Date(parts.world.now()).toUTCString());
    if (!loopbackHost.test(request.headers.host ?? '')) {
      throw new ApiError('APIGW.0306', { detail: 'the emulator answers on loopback names only' });
    }
  });
  addFaults(server, parts, closing.signal);
  server.setErrorHandler((error, request, reply) =>
    answer(toApiError(error, parts.journal), request, reply),
  );
  server.setNotFoundHandler((request, reply) =>
    answer(judgeUnknownRoute(request.url), request, reply),
  );

  server.register(async (scope) =>
    addKmsRoutes(
      scope,
      parts,
      apiCalls.filter(({ body }) => body !== undefined),
    ),
  );
  server.register(async (scope) => {
    // Clients send Content-Type with every request, even without a body.
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, done) =>
      done(null, {}),
    );
    addKmsRoutes(
      scope,
      parts,
      apiCalls.filter(({ body }) => body === undefined),
    );
  });
  server.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) =>
      answer(toIamError(error, parts.journal), request, reply),
    );
    addIamRoutes(scope, { ...parts, now: () => parts.world.now() });
  });
  server.register(async (scope) => parts.addControlRoutes(scope));
  return server;
}

function addKmsRoutes(
  scope: FastifyInstance,
  { world, account, authTokens, accessKeys }: ServerParts,
  calls: readonly ApiCall[],
): void {
  const projectOf = ({ params }: FastifyRequest) => (params as { projectId: string }).projectId;
  requireCaller(scope, {
    accessKeys,
    now: () => world.now(),
    checkToken: (token, request) => authTokens.check(token, projectOf(request), world.now()),
    checkSigned(request) {
      checkProjectForm(projectOf(request));
      const wanted = headerValue(request, 'x-project-id') || projectOf(request);
      if (projectOf(request) !== account.projectId || wanted !== account.projectId) {
        throw refusal('KMS.0321');
      }
    },
  });
  for (const { operation, method, path, body, handle } of calls) {
    scope.route<{ Params: PathParams }>({
      method,
      url: `/v1.0/:projectId/kms/${path}`,
      schema: body === undefined ? {} : { body },
      config: { operation },
      async handler(request, reply) {
        world.keys.settle(world.now());
        request.keyId = findKeyId({
          key_id: request.params.keyId,
          ...(request.body as object | undefined),
        });
        const result = await handle(request.body, world, request.params);
        request.keyId ??= findKeyId(result);
        return result ?? reply.status(204).send();
      },
    });
  }
}

/**
 * The key that a request or an answer is about.
 * Only text in the form of a key id enters the journal.
 */
function findKeyId(message: object | undefined): string | undefined {
  const { key_id: own, key_info: info } = (message ?? {}) as {
    key_id?: unknown;
    key_info?: { key_id?: unknown };
  };
  const keyId = own ?? info?.key_id;
  return typeof keyId === 'string' && new RegExp(formats.keyId).test(keyId) ? keyId : undefined;
}

function addFaults(
  server: FastifyInstance,
  { world, faults, journal }: ServerParts,
  closing: AbortSignal,
): void {
  function note(request: FastifyRequest, operation: string, status: number | undefined): void {
    const { keyId, errorCode, fault, id } = request;
    journal.add({
      operation,
      keyId,
      status,
      errorCode,
      dropped: fault?.drop,
      time: new Date(world.now()),
      requestId: id,
    });
  }

  server.addHook('onRequest', async (request, reply) => {
    const { operation } = request.routeOptions.config;
    if (operation === undefined) {
      return;
    }
    const fault = faults.take(operation);
    request.fault = fault;
    if (fault?.delayMs !== undefined) {
      await delay(fault.delayMs, undefined, { signal: closing }).catch(() => undefined);
    }
    if (fault?.drop === 'before') {
      note(request, operation, undefined);
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const error = fault && faultError(fault, operation);
    if (error !== undefined && fault?.committed !== true) {
      throw error;
    }
    if (fault?.answer !== undefined && fault.committed !== true) {
      await reply.send(sayInstead(reply, fault, fault.answer));
    }
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const { operation } = request.routeOptions.config;
    const { fault } = request;
    if (operation === undefined) {
      return payload;
    }
    const error = fault?.committed === true ? faultError(fault, operation) : undefined;
    let sent = payload;
    if (error !== undefined && reply.statusCode < 400) {
      request.errorCode = error instanceof ApiError ? error.code : undefined;
      reply.status(error.status);
      sent = JSON.stringify(error.toBody(request.id));
    }
    if (fault?.answer !== undefined && reply.statusCode < 400) {
      sent = sayInstead(reply, fault, fault.answer);
    }
    note(request, operation, reply.statusCode);
    if (fault?.drop === 'after') {
      request.raw.socket.destroy();
    }
    return fault?.body === undefined
      ? sent
      : breakAnswer(fault.body, reply.statusCode, String(sent));
  });
}

function sayInstead(reply: FastifyReply, { status = 200 }: Fault, text: string): string {
  reply.status(status).type(text.startsWith('<') ? 'text/html' : 'application/json');
  return text;
}

function answer(error: ApiError | IamError, request: FastifyRequest, reply: FastifyReply): void {
  request.errorCode = error instanceof ApiError ? error.code : undefined;
  reply.header('X-Request-Id', request.id).status(error.status).send(error.toBody(request.id));
}

/** Fastify's own refusals, and the codes of the KMS that replace them. */
const codeByFastifyCode = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'KMS.0202',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'KMS.0202',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'KMS.0214',
  FST_ERR_CTP_BODY_TOO_LARGE: 'KMS.0203',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'KMS.0214',
} as const;

function toApiError(error: unknown, journal: Journal): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  const { validation, code } = error as FastifyError;
  const [violation] = validation ?? [];
  if (violation !== undefined) {
    const judged = judgeViolation(violation);
    return refusal(judged.code, judged.detail);
  }
  if (code in codeByFastifyCode) {
    return refusal(codeByFastifyCode[code as keyof typeof codeByFastifyCode]);
  }
  journal.addDefect(error as Error);
  return refusal('KMS.0101');
}

function toIamError(error: unknown, journal: Journal): ApiError | IamError {
  if (error instanceof ApiError || error instanceof IamError) {
    return error;
  }
  const { statusCode = 500 } = error as FastifyError;
  if (statusCode < 500) {
    return new IamError(400, 'Bad Request', 'The request body does not fit the API.');
  }
  journal.addDefect(error as Error);
  return new IamError(
    500,
    'Internal Server Error',
    'An unexpected error prevented the server from fulfilling your request.',
  );
}

/** The KMS refuses a known verb with another method; the gateway refuses any other path. */
function judgeUnknownRoute(url: string): ApiError {
  const path = url.split('?')[0] ?? '';
  const known = apiCalls.some((call) =>
    new RegExp(`^/v1\\.0/[^/]+/kms/${call.path.replace(/:\w+/g, '[^/]+')}$`).test(path),
  );
  return refusal(known ? 'KMS.0215' : 'APIGW.0101');
}
