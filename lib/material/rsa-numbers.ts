/**
 * Checks that the nine numbers of an RSA private key (RFC 8017, appendix A.1.2) belong together.
 * OpenSSL accepts any numbers, and hides a false one: if the Chinese remainders give a wrong
 * result, it falls back to d; if they give a right one, it never looks at d. So a key that signs
 * and verifies here may fail in the KMS, for ever.
 *
 * The numbers become BigInts, which cannot be overwritten; V8 drops them with its next collection.
 * We never make strings of them.
 */
import { checkPrimeSync } from 'node:crypto';
import { derTags, elementsOf } from './der';

export interface RsaNumbers {
  readonly modulusBits: number;
  /** More than two, which PKCS#1 allows and no KMS accepts. */
  readonly isMultiPrime: boolean;
  /** FIPS 186 demands at least 65537. */
  readonly hasSmallExponent: boolean;
  /**
   * What does not belong together, in words that follow "its". Slow for large keys, so it is called
   * last.
   */
  readonly findFault: () => string | undefined;
}

const names = ['version', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qInv'] as const;

type Name = (typeof names)[number];

/**
 * Of Miller and Rabin: a number that is not prime passes with a probability of at most 4^-20, the
 * worst one there is. OpenSSL's own 64 to 128 rounds are for numbers that an enemy has chosen; these
 * come from the owner of the key, and take a second of a large one.
 */
const primalityRounds = 20;

/** For 65537: below it there are no other odd numbers of as many bits. */
const leastExponentBits = 17;

/** @param pkcs1 DER of RSAPrivateKey; undefined if it is not one */
export function tryReadRsaNumbers(pkcs1: Buffer): RsaNumbers | undefined {
  const [sequence] = elementsOf(pkcs1);
  const elements = elementsOf(sequence?.content ?? Buffer.alloc(0));
  const fields = elements.slice(0, names.length);
  if (fields.length < names.length || fields.some(({ tag }) => tag !== derTags.integer)) {
    return undefined;
  }
  const integers = Object.fromEntries(
    fields.map(({ content }, index) => [names[index], content]),
  ) as Record<Name, Buffer>;
  const modulusBits = bitsOf(integers.n);
  const version = integers.version.length === 1 ? integers.version[0] : undefined;
  return {
    modulusBits,
    isMultiPrime: version === 1 || elements.length > names.length,
    hasSmallExponent: bitsOf(integers.e) < leastExponentBits,
    findFault: () =>
      version === 0 ? faultOf(integers, modulusBits) : 'version is not one that RSA keys have',
  };
}

function faultOf(integers: Record<Name, Buffer>, modulusBits: number): string | undefined {
  // Before any arithmetic: no number may be longer than the modulus, so that none takes long.
  const odd = names.find(
    (name) =>
      name !== 'version' && (isNegative(integers[name]) || bitsOf(integers[name]) > modulusBits),
  );
  if (odd !== undefined) {
    return `number ${odd} is negative or longer than its modulus`;
  }
  const { n, e, d, p, q, dp, dq, qInv } = Object.fromEntries(
    names.map((name) => [name, toBigInt(integers[name])]),
  ) as Record<Name, bigint>;
  if (e < 3n || e % 2n === 0n || e >= n) {
    return 'public exponent e is even, below 3, or not below its modulus';
  }
  if (p < 3n || q < 3n || p === q || p * q !== n) {
    return 'modulus n is not the product of its two primes p and q';
  }
  const [p1, q1] = [p - 1n, q - 1n];
  const rules: readonly [boolean, string][] = [
    [
      d < n && (d * e) % p1 === 1n && (d * e) % q1 === 1n,
      'private exponent d does not belong to its public exponent e',
    ],
    [dp === d % p1, 'number dp is not d modulo p - 1'],
    [dq === d % q1, 'number dq is not d modulo q - 1'],
    [qInv < p && (qInv * q) % p === 1n, 'number qInv is not the inverse of q modulo p'],
  ];
  const broken = rules.find(([holds]) => !holds)?.[1];
  if (broken !== undefined) {
    return broken;
  }
  return [p, q].every((number) => checkPrimeSync(number, { checks: primalityRounds }))
    ? undefined
    : 'numbers p and q are not both prime';
}

/** DER shows it in the first bit. Empty is not a number at all. */
function isNegative(integer: Buffer): boolean {
  return integer.length === 0 || (integer[0] ?? 0) >= 0x80;
}

function bitsOf(integer: Buffer): number {
  const first = integer.findIndex((byte) => byte !== 0);
  return first === -1
    ? 0
    : (integer.length - first - 1) * 8 + (32 - Math.clz32(integer[first] ?? 0));
}

function toBigInt(integer: Buffer): bigint {
  let value = 0n;
  for (const byte of integer) {
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}
