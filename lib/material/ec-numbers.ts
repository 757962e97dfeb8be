/**
 * Checks that the two halves of an EC private key belong together (RFC 5915). We never trust the
 * public half in the file: the pin names it and the KMS shows it, so a false one would be proven
 * and imported for ever.
 */
import { createECDH, createPrivateKey, ECDH, getCurves } from 'node:crypto';
import { derTags, elementsOf } from './der';

/**
 * PrivateKeyInfo up to the private number, and from there to the public point. One buffer, because
 * every copy would have to be wiped.
 */
interface Frame {
  readonly scalarBytes: number;
  readonly head: string;
  readonly middle: string;
}

/** The curves that keys have, by their OpenSSL name. */
const frames: Readonly<Record<string, Frame>> = {
  prime256v1: {
    scalarBytes: 32,
    head: '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420',
    middle: 'a144034200',
  },
  secp384r1: {
    scalarBytes: 48,
    head: '3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430',
    middle: 'a164036200',
  },
};

/** PKCS#8 DER of a working key, or what is wrong with it, in words that follow "its". */
export type WholeEcKey =
  | { readonly pkcs8: Buffer; readonly scalar: Buffer }
  | { readonly fault: string };

/** @param sec1 DER of ECPrivateKey on this curve */
export function completeEcKey(sec1: Buffer, curve: string): WholeEcKey {
  const frame = frames[curve];
  const [sequence] = elementsOf(sec1);
  const [, number, ...optional] = elementsOf(sequence?.content ?? Buffer.alloc(0));
  if (frame === undefined || number?.tag !== derTags.octetString) {
    return { fault: 'structure is not that of an EC key' };
  }
  const point = tryDerivePoint(number.content, curve);
  if (point === undefined || number.content.length !== frame.scalarBytes) {
    return { fault: `private number is zero, or not below the order of ${curve}` };
  }
  const carried = optional.find(({ tag }) => tag === derTags.publicKeyOfEc);
  if (carried !== undefined && !tryDecodePoint(carried.content, curve)?.equals(point)) {
    return { fault: 'public half belongs to another private key' };
  }
  const pkcs8 = Buffer.concat([
    Buffer.from(frame.head, 'hex'),
    number.content,
    Buffer.from(frame.middle, 'hex'),
    point,
  ]);
  return {
    pkcs8,
    scalar: pkcs8.subarray(frame.head.length / 2, frame.head.length / 2 + frame.scalarBytes),
  };
}

/**
 * Undefined if the number does not belong to this curve: Node checks that it lies between 0 and the
 * order.
 */
function tryDerivePoint(scalar: Buffer, curve: string): Buffer | undefined {
  const pair = createECDH(curve);
  try {
    pair.setPrivateKey(scalar);
    return pair.getPublicKey();
  } catch {
    return undefined;
  }
}

/** Points may be compressed, too. */
function tryDecodePoint(tagged: Buffer, curve: string): Buffer | undefined {
  const [bits] = elementsOf(tagged);
  try {
    return bits?.tag === derTags.bitString && bits.content[0] === 0
      ? (ECDH.convertKey(
          bits.content.subarray(1),
          curve,
          undefined,
          undefined,
          'uncompressed',
        ) as Buffer)
      : undefined;
  } catch {
    return undefined;
  }
}

/** An ECPrivateKey with the number 1, in the octet string of its PrivateKeyInfo. */
const numberOne = Buffer.from('04083006020101040101', 'hex');

/**
 * Asks about a key of the same curve with the number 1: Node aborts the whole process if the number
 * is too long.
 *
 * @param algorithm DER AlgorithmIdentifier of an EC key
 * @returns the curve's name in OpenSSL; undefined if it has none
 */
export function tryNameCurve(algorithm: Buffer): string | undefined {
  const content = Buffer.concat([Buffer.from('020100', 'hex'), algorithm, numberOne]);
  const header = Buffer.from([derTags.sequence, 0x82, content.length >> 8, content.length & 0xff]);
  try {
    const key = createPrivateKey({
      key: Buffer.concat([header, content]),
      format: 'der',
      type: 'pkcs8',
    });
    const name = key.asymmetricKeyDetails?.namedCurve;
    return name !== undefined && getCurves().includes(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
