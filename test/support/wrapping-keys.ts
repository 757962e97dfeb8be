/**
 * Public keys as no KMS should answer them: each looks like a wrapping key, and what it wraps
 * others could open, or something else comes with it.
 */
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { der, integer, objectIds } from './der-keys';

export function spkiOfRsa(modulus: bigint, exponent: bigint): Buffer {
  const key = der(0x30, integer(modulus), integer(exponent));
  return der(
    0x30,
    der(0x30, objectIds.rsa, Buffer.from('0500', 'hex')),
    der(0x03, Buffer.from([0]), key),
  );
}

function fresh(bits: number): Buffer {
  return generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
}

export const goodWrappingKey = fresh(2048);

const { n = '' } = createPublicKey({ key: goodWrappingKey, format: 'der', type: 'spki' }).export({
  format: 'jwk',
});
const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);

/** The largest prime below 2^2048: OpenSSL is five times as long about any that is larger. */
const largePrime = (1n << 2048n) - 1557n;

/** The two largest primes below 2^1024: to search for others takes a second. */
const [prime, nextPrime] = [(1n << 1024n) - 179n, (1n << 1024n) - 105n];

/** Powers of Mersenne's primes 2^n - 1: n, and the power. */
const mersennePowers = [
  [1279n, 3n],
  [521n, 5n],
  [61n, 61n],
] as const;

const other = (type: 'ec' | 'ed25519' | 'rsa-pss'): Buffer => {
  const pairs = {
    ec: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    ed25519: () => generateKeyPairSync('ed25519'),
    'rsa-pss': () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  };
  return pairs[type]().publicKey.export({ type: 'spki', format: 'der' });
};

/** Sequence lengths spelt in more bytes than they need, which DER forbids. */
function spaciously(spki: Buffer): Buffer {
  const [tag = 0, , ...rest] = spki;
  const length = spki.readUInt16BE(2);
  return Buffer.from([tag, 0x83, 0, length >> 8, length & 0xff, ...rest.slice(2)]);
}

/** By what is wrong with it, and words of the refusal. */
export const badWrappingKeys: readonly (readonly [string, Buffer, RegExp])[] = [
  ['exponent 1', spkiOfRsa(modulus, 1n), /public exponent that is 1;/],
  ['exponent 0', spkiOfRsa(modulus, 0n), /wrapping key/],
  ['exponent 2', spkiOfRsa(modulus, 2n), /public exponent that is 2;/],
  ['exponent 3', spkiOfRsa(modulus, 3n), /public exponent that is 3;/],
  ['exponent 65536', spkiOfRsa(modulus, 65_536n), /public exponent that is 65536;/],
  ['an even exponent', spkiOfRsa(modulus, 65_538n), /public exponent that is 65538;/],
  ['an exponent of 1600 bits', spkiOfRsa(modulus, (1n << 1600n) + 1n), /longer than 256 bits/],
  ['an even modulus', spkiOfRsa(modulus - 1n, 65_537n), /not a product of two large primes/],
  [
    'a modulus of ones',
    spkiOfRsa((1n << 2048n) - 1n, 65_537n),
    /not a product of two large primes/,
  ],
  ['a prime modulus', spkiOfRsa(largePrime, 65_537n), /not a product of two large primes/],
  [
    'a modulus that is a square',
    spkiOfRsa(prime * prime, 65_537n),
    /two factors are equal or too close/,
  ],
  ...mersennePowers.map(([exponent, power]): (typeof badWrappingKeys)[number] => [
    `a modulus that is the power ${power} of a prime`,
    spkiOfRsa(((1n << exponent) - 1n) ** power, 65_537n),
    /not a product of two large primes/,
  ]),
  [
    'a modulus of two primes side by side',
    spkiOfRsa(prime * nextPrime, 65_537n),
    /two factors are equal or too close/,
  ],
  ['512 bits', fresh(512), /rsa with 512 bits/],
  ['2047 bits', spkiOfRsa((1n << 2046n) + 1n, 65_537n), /rsa with 2047 bits/],
  ['8192 bits', spkiOfRsa((modulus << 6144n) + modulus, 65_537n), /rsa with 8192 bits/],
  ['20000 bits', spkiOfRsa((1n << 19_999n) + 1n, 65_537n), /wrapping key/],
  [
    'a byte behind it',
    Buffer.concat([goodWrappingKey, Buffer.from([0])]),
    /followed by other bytes|not a DER public key/,
  ],
  [
    'text behind it',
    Buffer.concat([goodWrappingKey, Buffer.from('::error::')]),
    /followed by other bytes|not a DER public key/,
  ],
  [
    'a length in too many bytes',
    spaciously(goodWrappingKey),
    /not strict DER|not a DER public key/,
  ],
  ['an elliptic curve', other('ec'), /is ec /],
  ['Ed25519', other('ed25519'), /is ed25519/],
  ['RSA-PSS', other('rsa-pss'), /is rsa-pss/],
  ['no key', Buffer.from('no key at all'), /not a DER public key/],
];

/**
 * What somebody does with a key of exponent 1 who has no private key: nothing but unpad. Shows that
 * the danger is none of theory.
 */
export function wrappedInClear(material: Buffer): Buffer {
  const key = createPublicKey({ key: spkiOfRsa(modulus, 1n), format: 'der', type: 'spki' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, material);
}

/** What get-parameters-for-import answers, with this key. */
export function parametersWith(keyId: string, publicKey: Buffer): string {
  return JSON.stringify({
    key_id: keyId,
    import_token: randomBytes(600).toString('base64'),
    expiration_time: 1_900_000_000,
    public_key: publicKey.toString('base64'),
  });
}
