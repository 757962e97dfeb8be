/**
 * SDK-HMAC-SHA256, the signature by access key and secret key of the Huawei Cloud API gateway ("API
 * Request Signing Guide"): a canonical form of the request, its hash, and one HMAC keyed by the
 * secret key itself. Loaded only for such a login.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '../secret';
import { compareBytes, encodeQuery, percentEncode } from './query';

export interface RequestToSign {
  readonly method: string;
  /** As on the wire, without the query. */
  readonly path: string;
  /** Names and values before percent-encoding. */
  readonly query?: readonly (readonly [string, string])[];
  /**
   * Exactly the headers that are signed; `X-Sdk-Date` must be one of them. The SDKs leave
   * Content-Type out.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that are sent. */
  readonly body: Buffer | undefined;
}

export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: Secret;
}

const algorithm = 'SDK-HMAC-SHA256';

/** @returns the value of the header `Authorization` */
export function signRequest(request: RequestToSign, { accessKey, secretKey }: AccessKey): string {
  const headers = canonicalHeaders(request);
  const date = headers.find(([name]) => name === 'x-sdk-date')?.[1] ?? '';
  const text = [algorithm, date, sha256(canonicalRequest(request))].join('\n');
  const signature = createHmac('sha256', secretKey.reveal()).update(text).digest('hex');
  return `${algorithm} Access=${accessKey}, SignedHeaders=${headers.map(([name]) => name).join(';')}, Signature=${signature}`;
}

export function canonicalRequest(request: RequestToSign): string {
  const headers = canonicalHeaders(request);
  return [
    request.method,
    canonicalPath(request.path),
    encodeQuery(request.query ?? []),
    // Every header ends its line, so that an empty line follows.
    headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    headers.map(([name]) => name).join(';'),
    sha256(request.body ?? Buffer.alloc(0)),
  ].join('\n');
}

/**
 * The form of `X-Sdk-Date`: "20191115T033655Z". The gateway refuses a time that is more than 15
 * minutes off.
 */
export function sdkDate(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** Always ends in a slash, which the path on the wire need not. */
function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => percentEncode(decodeURIComponent(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalHeaders({ headers }: RequestToSign): (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([a], [b]) => compareBytes(a, b));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
