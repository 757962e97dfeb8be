/**
 * What a wrapping key must be before we wrap with it or hand it on. Anyone who sees the wrapped
 * material (in a gateway's log, or on the stick that carries it) must not be able to open it. If
 * the other side can open it, it must be the KMS; that we cannot check.
 */
import { checkPrimeSync, createPublicKey, type KeyObject } from 'node:crypto';
import { ByokError } from '../errors';
import { plainSpelling, type Spelling } from '../terms/setting';

/** The KMS's own keys are never longer; longer keys make every use slow. */
const bits = { minimum: 2048, maximum: 4096 } as const;

/**
 * FIPS 186-5 §5.4. With exponent 1, the wrapped material is the material; with less than the
 * minimum, one blob wrapped for several keys reveals it.
 */
const exponents = { minimum: 65_537n, below: 1n << 256n } as const;

/** A product of two large primes has no factor below this. */
const smallestFactor = 10_000n;

/**
 * @param der SubjectPublicKeyInfo
 * @param spelling names of settings in messages
 * @throws ByokError ERR_KMS unless it is exactly an RSA key of 2048 to 4096 bits that others cannot
 *   open
 */
export function parseWrappingKey(der: Buffer, spelling: Spelling = plainSpelling): KeyObject {
  const refused = (how: string) =>
    new ByokError(
      'ERR_KMS',
      `the wrapping key from the KMS ${how}; check ${spelling.name('kmsEndpoint')}, and tell its operator`,
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
    throw refused('is followed by other bytes, or is not strict DER');
  }
  const modulus = modulusOf(key);
  if (!mayBeProduct(modulus)) {
    throw refused(
      'has a modulus that is not a product of two large primes, so anyone could open what it wraps',
    );
  }
  if (hasCloseFactors(modulus)) {
    throw refused(
      'has a modulus whose two factors are equal or too close, so anyone could open what it wraps',
    );
  }
  return key;
}

function parse(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new ByokError('ERR_KMS', 'the wrapping key from the KMS is not a DER public key', {
      cause,
    });
  }
}

/**
 * OpenSSL reads as far as the key goes and accepts lengths that are not minimal. We cannot know
 * what a user's other tools make of that.
 */
function isExactly(key: KeyObject, der: Buffer): boolean {
  return key.export({ type: 'spki', format: 'der' }).equals(der);
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
}

/** Not a proof, which would need the factors: it finds keys that are plainly made up. */
function mayBeProduct(modulus: bigint): boolean {
  if (modulus % 2n === 0n) {
    return false;
  }
  for (let factor = 3n; factor < smallestFactor; factor += 2n) {
    if (modulus % factor === 0n) {
      return false;
    }
  }
  return !isPower(modulus) && !checkPrimeSync(modulus, { checks: 1 });
}

/**
 * By FIPS 186-5 the two primes differ within their first 100 bits. Fermat's method finds much
 * closer ones at once.
 */
const meansTried = 64;

/**
 * A root opens it at once. Of larger exponents, the prime would be below the smallest factor; a
 * composite exponent has a prime one. Squares are found with the close factors.
 */
const powers = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n];

function isPower(modulus: bigint): boolean {
  return powers.some((power) => rootOf(modulus, power) ** power === modulus);
}

/** n = a² - b², where a is the mean of the factors: searched from the square root on. */
function hasCloseFactors(modulus: bigint): boolean {
  const root = rootOf(modulus, 2n);
  const first = root * root === modulus ? root : root + 1n;
  return Array.from({ length: meansTried }, (_, step) => first + BigInt(step)).some((mean) => {
    const rest = mean * mean - modulus;
    const half = rootOf(rest, 2n);
    return half * half === rest;
  });
}

/** Rounded down, by Newton's method. */
function rootOf(value: bigint, power: bigint): bigint {
  if (value < 2n) {
    return value;
  }
  const better = (root: bigint) => ((power - 1n) * root + value / root ** (power - 1n)) / power;
  let root = 1n << (BigInt(value.toString(16).length * 4) / power + 1n);
  for (let next = better(root); next < root; next = better(root)) {
    root = next;
  }
  return root;
}
