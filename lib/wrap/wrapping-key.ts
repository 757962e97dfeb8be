/**
 * What a wrapping key must be, before anything is wrapped with it or it is handed on: whoever sees
 * the wrapped material, a gateway's log or the stick that carries it, must not be able to open it.
 * A key that the other side can open is the KMS's own; that cannot be checked.
 */
import { checkPrimeSync, createPublicKey, type KeyObject } from 'node:crypto';
import { ByokError } from '../errors';
import { plainSpelling, type Spelling } from '../terms/setting';

/** A key whose owner is the KMS takes no longer one; longer ones make every use slow. */
const bits = { minimum: 2048, maximum: 4096 } as const;

/**
 * FIPS 186-5 §5.4. With 1 the wrapped material is the material; with less than the first, one blob
 * for several keys tells it.
 */
const exponents = { minimum: 65_537n, below: 1n << 256n } as const;

/** No product of two large primes has a factor below. */
const smallestFactor = 10_000n;

/**
 * @param der SubjectPublicKeyInfo
 * @param spelling of settings, in messages
 * @throws ByokError ERR_KMS unless it is exactly an RSA key of 2048 to 4096 bits that others cannot
 *   open
 */
export function parseWrappingKey(der: Buffer, spelling: Spelling = plainSpelling): KeyObject {
  const refused = (how: string) =>
    new ByokError(
      'ERR_KMS',
      `the wrapping key that the KMS answered ${how}; check ${spelling.name('kmsEndpoint')}, and tell whoever runs it`,
    );
  const key = parse(der);
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (
    key.asymmetricKeyType !== 'rsa' ||
    modulusLength < bits.minimum ||
    modulusLength > bits.maximum
  ) {
    const needed =
      modulusLength > bits.maximum ? `at most ${bits.maximum}` : `at least ${bits.minimum}`;
    throw new ByokError(
      'ERR_KMS',
      `the wrapping key is ${key.asymmetricKeyType ?? 'unknown'} with ${modulusLength} bits; RSA with ${needed} bits is needed`,
    );
  }
  if (
    publicExponent < exponents.minimum ||
    publicExponent >= exponents.below ||
    publicExponent % 2n === 0n
  ) {
    const found =
      publicExponent < exponents.below ? String(publicExponent) : 'longer than 256 bits';
    throw refused(
      `has a public exponent that is ${found}; an odd one from ${exponents.minimum} on, of at most 256 bits, is needed`,
    );
  }
  if (!isExactly(key, der)) {
    throw refused('is followed by something else, or is not spelt as DER has it');
  }
  const modulus = modulusOf(key);
  if (!mayBeProduct(modulus)) {
    throw refused(
      'has a modulus that is no product of two large primes, so that anybody could open what it wraps',
    );
  }
  if (hasCloseFactors(modulus)) {
    throw refused(
      'has a modulus whose two factors are the same or next to each other, so that anybody could open what it wraps',
    );
  }
  return key;
}

function parse(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new ByokError(
      'ERR_KMS',
      'the wrapping key that the KMS answered is not a DER public key',
      { cause },
    );
  }
}

/**
 * OpenSSL reads as far as the key goes and is content with other lengths than the shortest; what
 * the other tools of a person make of that, nobody knows.
 */
function isExactly(key: KeyObject, der: Buffer): boolean {
  return key.export({ type: 'spki', format: 'der' }).equals(der);
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
}

/** Not a proof, which only its factors would be: finds what is plainly made up. */
function mayBeProduct(modulus: bigint): boolean {
  if (modulus % 2n === 0n) {
    return false;
  }
  for (let factor = 3n; factor < smallestFactor; factor += 2n) {
    if (modulus % factor === 0n) {
      return false;
    }
  }
  return !checkPrimeSync(modulus, { checks: 1 });
}

/**
 * FIPS 186-5 has the two primes differ within their first 100 bits; by far closer ones Fermat's way
 * finds at once.
 */
const meansTried = 64;

/** n = a² - b², where a is the mean of the factors: looked for from the square root on. */
function hasCloseFactors(modulus: bigint): boolean {
  const root = squareRootOf(modulus);
  const first = root * root === modulus ? root : root + 1n;
  return Array.from({ length: meansTried }, (_, step) => first + BigInt(step)).some((mean) => {
    const rest = mean * mean - modulus;
    const half = squareRootOf(rest);
    return half * half === rest;
  });
}

/** Rounded down, by Newton's method. */
function squareRootOf(square: bigint): bigint {
  if (square < 2n) {
    return square;
  }
  let root = 1n << BigInt(Math.ceil((square.toString(16).length * 4) / 2));
  for (let next = (root + square / root) >> 1n; next < root; next = (root + square / root) >> 1n) {
    root = next;
  }
  return root;
}
