/** Private keys written by hand, number by number, so that they may be as wrong as they like. */
import { createECDH, createPrivateKey } from 'node:crypto';

export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

export function integer(value: bigint): Buffer {
  return der(0x02, numberBytes(value));
}

/** As DER has it: with a zero before a first bit that would say "negative". */
export function numberBytes(value: bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

export const rsaNames = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const;

export type RsaName = (typeof rsaNames)[number];

export type RsaIntegers = Readonly<Record<RsaName, bigint>>;

export function rsaIntegersOf(pem: Buffer): RsaIntegers {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' }) as Record<RsaName, string>;
  return Object.fromEntries(
    rsaNames.map((name) => [
      name,
      BigInt(`0x${Buffer.from(jwk[name], 'base64url').toString('hex')}`),
    ]),
  ) as RsaIntegers;
}

/** With Euclid's algorithm. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  if (a !== 1n) {
    throw new Error('has no inverse');
  }
  return ((x % modulus) + modulus) % modulus;
}

/** All numbers of the key that these primes make. @param period by which d is the inverse of e */
export function rsaIntegersFrom(
  p: bigint,
  q: bigint,
  e: bigint,
  period: bigint = (p - 1n) * (q - 1n),
): RsaIntegers {
  const d = inverse(e, period);
  return { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
}

export interface Pkcs1Options {
  readonly version?: bigint;
  /** What DER is to hold in place of some integers. */
  readonly contents?: Partial<Record<RsaName, Buffer>>;
  /** After the nine numbers. */
  readonly more?: readonly Buffer[];
}

export function pkcs1(
  numbers: RsaIntegers,
  { version = 0n, contents = {}, more = [] }: Pkcs1Options = {},
): Buffer {
  const fields = rsaNames.map((name) => der(0x02, contents[name] ?? numberBytes(numbers[name])));
  return der(0x30, integer(version), ...fields, ...more);
}

/** DER of the object identifiers that keys name. */
export const objectIds = {
  rsa: Buffer.from('06092a864886f70d010101', 'hex'),
  ec: Buffer.from('06072a8648ce3d0201', 'hex'),
  prime256v1: Buffer.from('06082a8648ce3d030107', 'hex'),
  secp384r1: Buffer.from('06052b81040022', 'hex'),
} as const;

export type CurveName = 'prime256v1' | 'secp384r1';

/** Of the groups of these curves, as FIPS 186 has them. */
export const orders: Readonly<Record<CurveName, bigint>> = {
  prime256v1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp384r1:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

export function scalarBytes(scalar: bigint, curve: CurveName): Buffer {
  return Buffer.from(scalar.toString(16).padStart(curve === 'prime256v1' ? 64 : 96, '0'), 'hex');
}

export function pointOf(
  scalar: Buffer,
  curve: CurveName,
  format: 'compressed' | 'uncompressed' | 'hybrid' = 'uncompressed',
): Buffer {
  const pair = createECDH(curve);
  pair.setPrivateKey(scalar);
  return pair.getPublicKey(null, format) as unknown as Buffer;
}

/** @param point undefined: the key comes without its public half */
export function sec1(scalar: Buffer, curve: CurveName, point: Buffer | undefined): Buffer {
  const half = point === undefined ? [] : [der(0xa1, der(0x03, Buffer.from([0]), point))];
  return der(0x30, integer(1n), der(0x04, scalar), der(0xa0, objectIds[curve]), ...half);
}

export function pkcs8OfRsa(key: Buffer): Buffer {
  return der(
    0x30,
    integer(0n),
    der(0x30, objectIds.rsa, Buffer.from('0500', 'hex')),
    der(0x04, key),
  );
}

export function pkcs8OfEc(key: Buffer, curve: CurveName): Buffer {
  return der(0x30, integer(0n), der(0x30, objectIds.ec, objectIds[curve]), der(0x04, key));
}

export function pemOf(label: string, key: Buffer): Buffer {
  return Buffer.from(
    `-----BEGIN ${label}-----\n${(key.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`,
  );
}
