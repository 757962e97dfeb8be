/**
 * How much work a protected file asks for before its password can be tried: the iteration counts of
 * PBES1, PBES2, PKCS#12 and its MAC, and the numbers of scrypt. Whoever made the file chose them,
 * and the derivation blocks everything else and cannot be interrupted, so we read them first.
 * Counts inside encrypted parts show only later; the code that derives there continues to count.
 */
import { privateKeysIn, tryDecodeBlock } from './pem';

/**
 * For one derivation, and for all in a file: a PKCS#12 has one for its MAC and one for each of its
 * parts.
 */
export const maxIterations = { each: 1_000_000, inAll: 2_000_000 } as const;

/** A file asks for more than allowed; the message follows "the key material". */
export class TooManyIterations extends Error {
  constructor(inAll: number) {
    super(
      `asks for ${inAll} iterations to derive the key from its password; allowed are ` +
        `${maxIterations.each} for each of its parts and ${maxIterations.inAll} in all; write ` +
        'the file again with fewer, for example by "openssl pkcs8 -topk8 -iter 100000" or ' +
        '"openssl pkcs12 -export -iter 100000"',
    );
  }
}

/** What is derived from one password. */
export class DerivationWork {
  #inAll = 0;

  /**
   * Called before each derivation.
   * @throws TooManyIterations
   */
  spend(iterations: number): void {
    this.#inAll += iterations;
    if (iterations > maxIterations.each || this.#inAll > maxIterations.inAll) {
      throw new TooManyIterations(this.#inAll);
    }
  }
}

/** In iterations of PBKDF2: four steps of scrypt (RFC 7914) take as long as one of the slowest. */
export function iterationsOfScrypt(
  cost: number,
  blockSize: number,
  parallelization: number,
): number {
  return Math.ceil((cost * blockSize * parallelization) / 4);
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const tags = { integer: 0x02, octetString: 0x04, sequence: 0x30, octetStrings: 0x24 } as const;
const constructed = 0x20;
const maxDepth = 64;

/**
 * @param content DER or BER, or PEM of either
 * @param refuse makes the error; its argument follows "the key material"
 * @throws the error of `refuse`, if there are more than allowed
 */
export function refuseManyIterations(
  content: Buffer,
  encoding: string,
  refuse: (what: string) => Error,
): void {
  const counts = encoding === 'pem' ? countsInPem(content) : countsIn(content);
  const inAll = counts.reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => count > maxIterations.each) || inAll > maxIterations.inAll) {
    throw refuse(new TooManyIterations(inAll).message);
  }
}

/** Whatever their label says. */
function countsInPem(pem: Buffer): readonly number[] {
  return privateKeysIn(pem).flatMap((block) => {
    const der = tryDecodeBlock(block) ?? Buffer.alloc(0);
    const counts = countsIn(der);
    der.fill(0);
    return counts;
  });
}

/**
 * Parameters are a salt and a count, or the three numbers of scrypt: after an algorithm's name, or
 * after the digest in a MAC.
 */
function countsIn(bytes: Buffer, depth = 0): readonly number[] {
  if (depth > maxDepth) {
    return [];
  }
  return (elementsIn(bytes)?.elements ?? []).flatMap(({ tag, content }) => {
    if (tag === tags.octetString || tag === tags.octetStrings) {
      const pieces =
        tag === tags.octetString
          ? undefined
          : Buffer.concat(elementsIn(content)?.elements.map((part) => part.content) ?? []);
      const octets = pieces ?? content;
      // PKCS#12 carries DER in octet strings; other octets do not parse to the last byte.
      const counts =
        octets[0] === tags.sequence && elementsIn(octets)?.whole === true
          ? countsIn(octets, depth + 1)
          : [];
      pieces?.fill(0);
      return counts;
    }
    if ((tag & constructed) === 0) {
      return [];
    }
    const parts = elementsIn(content)?.elements ?? [];
    return [...(tag === tags.sequence ? countAmong(parts) : []), ...countsIn(content, depth + 1)];
  });
}

function countAmong(parts: readonly Element[]): readonly number[] {
  const salt = parts.findIndex(({ tag }) => tag === tags.octetString || tag === tags.octetStrings);
  const behind = parts.slice(salt + 1);
  const end = behind.findIndex(({ tag }) => tag !== tags.integer);
  const [first, second, third] = behind
    .slice(0, end === -1 ? undefined : end)
    .map(({ content }) => numberOf(content));
  if (first === undefined || (salt !== 0 && salt !== 1)) {
    return [];
  }
  // PBKDF2 has at most one number more.
  return [
    second !== undefined && third !== undefined ? iterationsOfScrypt(first, second, third) : first,
  ];
}

function numberOf(digits: Buffer): number {
  return digits.length === 0 ? 0 : Number(`0x${digits.toString('hex')}`);
}

/**
 * Including those of indefinite length, which some programs write.
 * @returns undefined if the bytes do not begin with an element
 */
function elementsIn(
  bytes: Buffer,
): { readonly elements: readonly Element[]; readonly whole: boolean } | undefined {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const element = elementAt(bytes, at, 0);
    if (element === undefined) {
      break;
    }
    elements.push(element);
    at = element.end;
  }
  return elements.length === 0 ? undefined : { elements, whole: at === bytes.length };
}

function elementAt(
  bytes: Buffer,
  start: number,
  depth: number,
): (Element & { readonly end: number }) | undefined {
  const [tag, first] = bytes.subarray(start, start + 2);
  if (tag === undefined || first === undefined || (tag === 0 && first === 0)) {
    return undefined;
  }
  const from = start + 2;
  if (first === 0x80) {
    const end = depth > maxDepth ? undefined : endOfContents(bytes, from, depth + 1);
    return end === undefined
      ? undefined
      : { tag, content: bytes.subarray(from, end), end: end + 2 };
  }
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (from + lengthBytes > bytes.length) {
    return undefined;
  }
  // OpenSSL skips any zeros at the beginning of a length.
  const length = lengthBytes === 0 ? first : numberOf(bytes.subarray(from, from + lengthBytes));
  const end = from + lengthBytes + length;
  return end > bytes.length
    ? undefined
    : { tag, content: bytes.subarray(from + lengthBytes, end), end };
}

/** The position of the two zeros that end an indefinite length. */
function endOfContents(bytes: Buffer, start: number, depth: number): number | undefined {
  for (let at = start; at + 1 < bytes.length; ) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) {
      return at;
    }
    const element = elementAt(bytes, at, depth);
    if (element === undefined) {
      return undefined;
    }
    at = element.end;
  }
  return undefined;
}
