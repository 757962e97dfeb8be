/** Reads DER (X.690), as far as private keys need it. In place: what it answers are views, so that one wipe reaches all of it. */

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With its header. */
  readonly whole: Buffer;
}

export const derTags = { integer: 0x02, bitString: 0x03, octetString: 0x04, sequence: 0x30, publicKeyOfEc: 0xa1 } as const;

/** The first element; undefined when the bytes do not begin with one. */
export function tryReadElement(bytes: Buffer): DerElement | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) {
    return undefined;
  }
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = 2 + lengthBytes;
  // 0x80 is the indefinite length of BER; nothing here needs four bytes to say how long it is.
  if (first === 0x80 || lengthBytes > 3 || start > bytes.length) {
    return undefined;
  }
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const end = start + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) };
}

/** All elements, one after the other; empty when something among them is none. */
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
