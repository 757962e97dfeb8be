/**
 * Identifies the caller by X-Auth-Token, or by a signature over the whole request.
 * Both are checked before the body is parsed, as a gateway in front of the service would.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessKeys } from './access-keys';
import { ApiError } from './api-error';
import { headerValue, signingAlgorithm } from './signature';

export interface CallerParts {
  readonly accessKeys: AccessKeys;
  /** Milliseconds since 1970 on the emulator's clock. */
  readonly now: () => number;
}

export interface CallerChecks extends CallerParts {
  /** Throws unless the token is valid for this request. */
  checkToken(token: string | undefined, request: FastifyRequest): void;
  /** Throws unless the owner of the access keys may make this request, which one of them signed. */
  checkSigned?(request: FastifyRequest): void;
}

/** The gateway's documented limit: larger signed requests are refused. */
const maximumSignedBytes = 12 * 1024 * 1024;

/** Applies to all routes of the scope. */
export function requireCaller(
  scope: FastifyInstance,
  { accessKeys, now, checkToken, checkSigned }: CallerChecks,
): void {
  scope.addHook('preParsing', async (request, _reply, payload) => {
    if (!headerValue(request, 'authorization').startsWith(signingAlgorithm)) {
      checkToken(headerValue(request, 'x-auth-token'), request);
      return payload;
    }
    const body = await readAll(payload);
    const { method = '', url = '' } = request.raw;
    accessKeys.check({ method, url, headers: request.headers, body }, now());
    checkSigned?.(request);
    return Readable.from(body.length === 0 ? [] : [body], { objectMode: false });
  });
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maximumSignedBytes) {
      throw new ApiError('APIGW.0201', { status: 413, detail: 'Request entity too large' });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
