/**
 * Reads DER and BER (X.690), as far as private keys need it. It works in place: results are views,
 * so that one wipe reaches everything.
 */

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** Including its header and, in BER, its end marker. */
  readonly whole: Buffer;
}

export const derTags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  /**
   * Constructed elements of the context class, as in OneAsymmetricKey, ContentInfo and
   * ECPrivateKey.
   */
  first: 0xa0,
  publicKeyOfEc: 0xa1,
} as const;

/** Deeper than any structure that holds keys. */
const maxDepth = 16;

/** The first element; undefined if the bytes do not begin with a whole one. */
export function tryReadElement(bytes: Buffer, depth = 0): DerElement | undefined {
  const header = tryReadHeader(bytes);
  if (header === undefined || depth > maxDepth) {
    return undefined;
  }
  const { tag, start, length } = header;
  const size = length ?? sizeOfElements(bytes.subarray(start), depth + 1);
  if (size === undefined || start + size > bytes.length) {
    return undefined;
  }
  const end = start + size;
  return {
    tag,
    content: bytes.subarray(start, end),
    whole: bytes.subarray(0, length === undefined ? end + endOfContents.length : end),
  };
}

/** All elements, in order; empty if one of them is malformed. */
export function elementsOf(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const element = tryReadElement(rest);
    if (element === undefined) {
      return [];
    }
    elements.push(element);
    rest = rest.subarray(element.whole.length);
  }
  return elements;
}

/** The content of a sequence or another constructed element. */
export function childrenOf(element: DerElement | undefined): readonly DerElement[] {
  return element === undefined ? [] : elementsOf(element.content);
}

/** The length that the first element claims, if there are fewer bytes. */
export function tryFindCut(bytes: Buffer): number | undefined {
  const { start = 0, length = 0 } = tryReadHeader(bytes) ?? {};
  return start + length > bytes.length ? start + length : undefined;
}

/** Dotted, as in "1.2.840.113549.1.1.1"; undefined if it is not an object identifier. */
export function tryReadOid(element: DerElement | undefined): string | undefined {
  if (element?.tag !== derTags.oid || element.content.length === 0) {
    return undefined;
  }
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of element.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [both = 0, ...others] = arcs;
  const first = Math.min(Math.trunc(both / 40), 2);
  return [first, both - first * 40, ...others].join('.');
}

/** The value of a small, non-negative integer. */
export function tryReadInteger(element: DerElement | undefined): number | undefined {
  const { tag, content } = element ?? {};
  const isSmall =
    tag === derTags.integer &&
    content !== undefined &&
    content.length > 0 &&
    content.length <= 5 &&
    (content[0] ?? 0) < 0x80;
  return isSmall ? content.readUIntBE(0, content.length) : undefined;
}

const endOfContents = Buffer.alloc(2);

/** Length undefined: the indefinite length of BER. Nothing here needs four bytes for a length. */
function tryReadHeader(
  bytes: Buffer,
):
  | { readonly tag: number; readonly start: number; readonly length: number | undefined }
  | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) {
    return undefined;
  }
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = 2 + lengthBytes;
  if (lengthBytes > 3 || start > bytes.length) {
    return undefined;
  }
  return {
    tag,
    start,
    length:
      first === 0x80 ? undefined : lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes),
  };
}

/** Up to the end marker. */
function sizeOfElements(bytes: Buffer, depth: number): number | undefined {
  let size = 0;
  while (!bytes.subarray(size, size + endOfContents.length).equals(endOfContents)) {
    const element = tryReadElement(bytes.subarray(size), depth);
    if (element === undefined) {
      return undefined;
    }
    size += element.whole.length;
  }
  return size;
}
