/**
 * SDK-HMAC-SHA256, the signature of requests by access key, from the gateway's side.
 * We wrote it from the API signing guide, and it shares nothing with the client's signer.
 * It computes what the signature of a request must be; access-keys.ts decides who may sign.
 */
import { createHash, createHmac } from 'node:crypto';

export const signingAlgorithm = 'SDK-HMAC-SHA256';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came, with percent-encoding. */
  readonly url: string;
  /** By lowercase name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The parts of `Authorization: SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…`. */
export interface Authorization {
  readonly accessKey: string;
  /** Lowercase. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal, lowercase. */
  readonly signature: string;
}

const authorizationForm =
  /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;

/** Undefined if the header does not have the documented form. */
export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKey, names, signature] = authorizationForm.exec(header) ?? [];
  if (accessKey === undefined || names === undefined || signature === undefined) {
    return undefined;
  }
  const signedHeaders = names.split(';');
  // With another order or case, the gateway's canonical request would differ.
  const canonical = signedHeaders.every(
    (name, index) => name === name.toLowerCase() && (signedHeaders[index - 1] ?? '') < name,
  );
  return canonical ? { accessKey, signedHeaders, signature } : undefined;
}

/** Hexadecimal, lowercase. No key is derived: the secret key itself signs. */
export function signatureOf(
  request: ReceivedRequest,
  signedHeaders: readonly string[],
  secretKey: string,
): string {
  const text = [
    signingAlgorithm,
    headerValue(request, 'x-sdk-date'),
    canonicalHash(request, signedHeaders),
  ].join('\n');
  return createHmac('sha256', secretKey).update(text, 'utf8').digest('hex');
}

export function canonicalHash(request: ReceivedRequest, signedHeaders: readonly string[]): string {
  return sha256(canonicalRequest(request, signedHeaders));
}

/** False if `X-Sdk-Content-Sha256` names the hash of another body. */
export function bodyIsAsDeclared(request: ReceivedRequest): boolean {
  const declared = headerValue(request, 'x-sdk-content-sha256');
  return declared === '' || declared === unsignedPayload || declared === sha256(request.body);
}

/**
 * The instant of a text such as "20191115T033655Z", in milliseconds since 1970;
 * undefined for any other form.
 */
export function parseSdkDate(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second] = parts;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

export function headerValue({ headers }: Pick<ReceivedRequest, 'headers'>, name: string): string {
  const value = headers[name] ?? '';
  return (Array.isArray(value) ? value.join(',') : value).trim();
}

const unsignedPayload = 'UNSIGNED-PAYLOAD';

function canonicalRequest(request: ReceivedRequest, signedHeaders: readonly string[]): string {
  const [path = '', query = ''] = splitOnce(request.url, '?');
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    // Every header line ends in a newline, so an empty line comes before the names.
    ...signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    headerValue(request, 'x-sdk-content-sha256') || sha256(request.body),
  ].join('\n');
}

/** Ends in a slash, although the path on the wire does not. */
function canonicalPath(path: string): string {
  const encoded = path.split('/').map(reencode).join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = splitOnce(pair, '=');
      return [decode(name), decode(value)] as const;
    });
  const sorted = pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return sorted.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function reencode(segment: string): string {
  return encode(decode(segment));
}

/** Text with a stray percent sign stays unchanged. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Encodes every byte except `A-Z a-z 0-9 - _ . ~`.
 * `encodeURIComponent` leaves five more characters unchanged.
 */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
