/**
 * PEM (RFC 7468) as it arrives in practice: with line feeds that became two characters or spaces on
 * the way through a variable, with indentation, quotes and text around it. We read it in place,
 * because strings cannot be wiped.
 */

export interface PemBlock {
  /** For example "EC PRIVATE KEY". */
  readonly label: string;
  /** Undefined if it is cut off. */
  readonly body: Buffer | undefined;
}

const begin = '-----BEGIN ';
const dashes = '-----';

/** Longer than any existing label. */
const maxLabel = 64;

export function looksLikePem(content: Buffer): boolean {
  return content.includes(begin);
}

/** From the first block to the last; text around them does not count. */
export function pemBlocksIn(content: Buffer): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let at = content.indexOf(begin); at !== -1; ) {
    const next = content.indexOf(begin, at + 1);
    const labelStart = at + begin.length;
    const labelEnd = content.indexOf(dashes, labelStart);
    if (labelEnd !== -1 && labelEnd - labelStart <= maxLabel) {
      const label = content.toString('latin1', labelStart, labelEnd);
      const bodyStart = labelEnd + dashes.length;
      const closing = `-----END ${label}-----`;
      // Searched only up to the next one, so that a thousand of them do not take a million
      // searches.
      const limit = next === -1 ? content.length : next;
      const bodySize = content.subarray(bodyStart, limit).indexOf(closing);
      blocks.push({
        label,
        body: bodySize === -1 ? undefined : content.subarray(bodyStart, bodyStart + bodySize),
      });
    }
    at = next;
  }
  return blocks;
}

/** Certificates and the parameters of a curve do not count. */
export function privateKeysIn(content: Buffer): readonly PemBlock[] {
  return pemBlocksIn(content).filter(({ label }) => label.endsWith('PRIVATE KEY'));
}

/**
 * The encryption of the block itself, which PKCS#8 has inside; undefined if it has none. For
 * example "DES-EDE3-CBC".
 */
export function encryptionOf({ body }: PemBlock): string | undefined {
  return body === undefined ? undefined : readHeaders(body).cipher;
}

/**
 * The block as OpenSSL reads it. It holds only what we have read ourselves, so that what we checked
 * is what is opened.
 *
 * @returns a copy, for the caller to wipe; undefined if it is cut off, or its body is not Base64
 */
export function tryTidy({ label, body }: PemBlock): Buffer | undefined {
  const base64 = body === undefined ? undefined : base64Of(body);
  if (body === undefined || base64 === undefined) {
    return undefined;
  }
  const { cipher, iv } = readHeaders(body);
  const headers =
    cipher === undefined ? '' : `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n`;
  const lines: Buffer[] = [Buffer.from(`-----BEGIN ${label}-----\n${headers}`)];
  for (let start = 0; start < base64.length; start += lineLength) {
    lines.push(base64.subarray(start, start + lineLength), lineFeed);
  }
  const tidied = Buffer.concat([...lines, Buffer.from(`-----END ${label}-----\n`)]);
  base64.fill(0);
  return tidied;
}

/**
 * Its decoded body; undefined if it has none, or it is not Base64.
 * @returns a copy, for the caller to wipe
 */
export function tryDecodeBlock({ body }: PemBlock): Buffer | undefined {
  const base64 = body === undefined ? undefined : base64Of(body);
  const bytes = base64 === undefined ? undefined : Buffer.from(base64.toString('latin1'), 'base64');
  base64?.fill(0);
  return bytes;
}

const lineLength = 64;
const lineFeed = Buffer.from('\n');

/** The two lines of RFC 1421 that OpenSSL writes, and where they end. They hold no secret. */
function readHeaders(body: Buffer): {
  readonly cipher: string | undefined;
  readonly iv: string | undefined;
  readonly size: number;
} {
  const isNext = body.subarray(0, maxHeaders).includes('Proc-Type:');
  const text = isNext
    ? body
        .toString('latin1', 0, maxHeaders)
        .replaceAll(/\\+(?:[nrt]|u000[9adAD])/g, ({ length }) => ' '.repeat(length))
    : '';
  const [found = '', cipher, iv] =
    /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([\w-]+),\s*([0-9A-Fa-f]+)\s+/.exec(text) ?? [];
  return { cipher, iv, size: found.length };
}

const maxHeaders = 256;

/**
 * The Base64 characters of a body; undefined if it holds any others except white space.
 * @returns a copy
 */
function base64Of(body: Buffer): Buffer | undefined {
  return collectBase64(body.subarray(readHeaders(body).size));
}

/**
 * The Base64 characters in it, without white space, and without the escapes that stand for it if a
 * line was quoted.
 *
 * @returns a copy, for the caller to wipe; undefined if there are other characters
 */
export function collectBase64(text: Buffer): Buffer | undefined {
  const characters = Buffer.alloc(text.length);
  let size = 0;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index] ?? 0;
    if (isBase64(byte)) {
      characters[size] = byte;
      size += 1;
    } else if (byte === backslash) {
      const escaped = text[index + 1] ?? 0;
      const code = escaped === letterU ? tryReadCode(text, index + 2) : undefined;
      // Twice if the text was quoted twice.
      index += code !== undefined ? 5 : standsForSpace.has(escaped) ? 1 : 0;
      if (code !== undefined && isBase64(code)) {
        characters[size] = code;
        size += 1;
      } else if (
        code !== undefined
          ? code > space
          : escaped !== backslash &&
            escaped !== slash &&
            !standsForSpace.has(escaped) &&
            escaped > space
      ) {
        characters.fill(0);
        return undefined;
      }
    } else if (byte > space) {
      characters.fill(0);
      return undefined;
    }
  }
  return characters.subarray(0, size);
}

const space = 0x20;
const backslash = 0x5c;
/** PHP writes "\/" into JSON, Gson "\u003d". */
const slash = 0x2f;
const letterU = 0x75;
const standsForSpace: ReadonlySet<number> = new Set(Buffer.from('nrt'));
const alphabet: ReadonlySet<number> = new Set(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='),
);

/** Value of four hex digits; undefined if there are others. */
function tryReadCode(text: Buffer, at: number): number | undefined {
  const digits = text.toString('latin1', at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function isBase64(byte: number): boolean {
  return alphabet.has(byte);
}
