/**
 * How private keys are encrypted with a password: which algorithm of PKCS#5 (RFC 8018) and PKCS#12
 * (RFC 7292, appendix C) an AlgorithmIdentifier names, by tables of object identifiers. Whether we
 * can decrypt it depends on the OpenSSL inside Node.
 */
import { getCiphers } from 'node:crypto';
import { childrenOf, type DerElement, tryReadOid } from './der';

/** PBES2: Node's name for the cipher. */
const ciphers: Readonly<Record<string, string>> = {
  '1.2.840.113549.3.2': 'rc2-cbc',
  '1.2.840.113549.3.4': 'rc4',
  '1.2.840.113549.3.7': 'des-ede3-cbc',
  '1.2.840.113549.3.9': 'rc5-cbc',
  '1.3.14.3.2.7': 'des-cbc',
  '2.16.840.1.101.3.4.1.2': 'aes-128-cbc',
  '2.16.840.1.101.3.4.1.22': 'aes-192-cbc',
  '2.16.840.1.101.3.4.1.42': 'aes-256-cbc',
  '1.2.392.200011.61.1.1.1.2': 'camellia-128-cbc',
  '1.2.392.200011.61.1.1.1.3': 'camellia-192-cbc',
  '1.2.392.200011.61.1.1.1.4': 'camellia-256-cbc',
  '1.2.410.200046.1.1.2': 'aria-128-cbc',
  '1.2.410.200046.1.1.7': 'aria-192-cbc',
  '1.2.410.200046.1.1.12': 'aria-256-cbc',
  '1.2.410.200004.1.4': 'seed-cbc',
  '1.2.156.10197.1.104.2': 'sm4-cbc',
  '1.3.6.1.4.1.3029.1.2': 'bf-cbc',
  '1.2.840.113533.7.66.10': 'cast5-cbc',
  '1.3.6.1.4.1.188.7.1.1.2': 'idea-cbc',
};

/** PBES1 and PKCS#12: a cipher, the length of its key, and OpenSSL's name for both together. */
export interface OldEncryption {
  readonly name: string;
  readonly cipher: 'des-ede3-cbc' | 'rc2-cbc' | 'rc4' | 'des-cbc';
  readonly keyBytes: number;
}

export const ofPkcs12: Readonly<Record<string, OldEncryption>> = {
  '1.2.840.113549.1.12.1.1': { name: 'PBE-SHA1-RC4-128', cipher: 'rc4', keyBytes: 16 },
  '1.2.840.113549.1.12.1.2': { name: 'PBE-SHA1-RC4-40', cipher: 'rc4', keyBytes: 5 },
  '1.2.840.113549.1.12.1.3': { name: 'PBE-SHA1-3DES', cipher: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { name: 'PBE-SHA1-2DES', cipher: 'des-ede3-cbc', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'PBE-SHA1-RC2-128', cipher: 'rc2-cbc', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { name: 'PBE-SHA1-RC2-40', cipher: 'rc2-cbc', keyBytes: 5 },
};

const pbes1: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.5.1': 'PBE-MD2-DES',
  '1.2.840.113549.1.5.3': 'PBE-MD5-DES',
  '1.2.840.113549.1.5.4': 'PBE-MD2-RC2-64',
  '1.2.840.113549.1.5.6': 'PBE-MD5-RC2-64',
  '1.2.840.113549.1.5.10': 'PBE-SHA1-DES',
  '1.2.840.113549.1.5.11': 'PBE-SHA1-RC2-64',
};

export const oids = {
  pbkdf2: '1.2.840.113549.1.5.12',
  pbes2: '1.2.840.113549.1.5.13',
  pbmac1: '1.2.840.113549.1.5.14',
  scrypt: '1.3.6.1.4.1.11591.4.11',
} as const;

/** Digests, and the MAC and pseudo-random function made from each: Node's name. */
const digests: readonly (readonly [name: string, digest: string, hmac: string])[] = [
  ['md5', '1.2.840.113549.2.5', '1.2.840.113549.2.6'],
  ['sha1', '1.3.14.3.2.26', '1.2.840.113549.2.7'],
  ['sha224', '2.16.840.1.101.3.4.2.4', '1.2.840.113549.2.8'],
  ['sha256', '2.16.840.1.101.3.4.2.1', '1.2.840.113549.2.9'],
  ['sha384', '2.16.840.1.101.3.4.2.2', '1.2.840.113549.2.10'],
  ['sha512', '2.16.840.1.101.3.4.2.3', '1.2.840.113549.2.11'],
  ['sha512-224', '2.16.840.1.101.3.4.2.5', '1.2.840.113549.2.12'],
  ['sha512-256', '2.16.840.1.101.3.4.2.6', '1.2.840.113549.2.13'],
  ['sha3-224', '2.16.840.1.101.3.4.2.7', '2.16.840.1.101.3.4.2.13'],
  ['sha3-256', '2.16.840.1.101.3.4.2.8', '2.16.840.1.101.3.4.2.14'],
  ['sha3-384', '2.16.840.1.101.3.4.2.9', '2.16.840.1.101.3.4.2.15'],
  ['sha3-512', '2.16.840.1.101.3.4.2.10', '2.16.840.1.101.3.4.2.16'],
  ['sm3', '1.2.156.10197.1.401', '1.2.156.10197.1.401.3.1'],
  ['ripemd160', '1.3.36.3.2.1', '1.3.6.1.5.5.8.1.4'],
];

/** Undefined if this table does not have it. */
export function tryFindDigest(oid: string | undefined): string | undefined {
  return digests.find(([, digest, hmac]) => oid === digest || oid === hmac)?.[0];
}

/** The two parts of an AlgorithmIdentifier. */
export function algorithmOf(element: DerElement | undefined): {
  readonly oid: string | undefined;
  readonly parameters: DerElement | undefined;
} {
  const [oid, parameters] = childrenOf(element);
  return { oid: tryReadOid(oid), parameters };
}

/**
 * The cipher of PBES2, by its name in Node, or by its object identifier.
 * @param parameters of PBES2
 */
export function cipherOf(parameters: DerElement | undefined): string {
  const { oid = 'of no name' } = algorithmOf(childrenOf(parameters)[1]);
  return ciphers[oid] ?? oid;
}

/**
 * @param algorithm AlgorithmIdentifier of an EncryptedPrivateKeyInfo; undefined if it is not one of
 *   an encryption
 */
export function tryNameEncryption(
  algorithm: DerElement | undefined,
): { readonly name: string; readonly isHere: boolean } | undefined {
  const { oid = '', parameters } = algorithmOf(algorithm);
  if (oid === oids.pbes2) {
    const cipher = cipherOf(parameters);
    return { name: cipher.toUpperCase(), isHere: hasCipher(cipher) };
  }
  const { name = pbes1[oid], cipher = '' } = ofPkcs12[oid] ?? {};
  return name === undefined ? undefined : { name, isHere: hasCipher(cipher) };
}

/**
 * Ciphers of OpenSSL's legacy provider are not in the list.
 * @param name in any case, as OpenSSL also writes it into a PEM
 */
export function hasCipher(name: string): boolean {
  return getCiphers().includes(name.toLowerCase());
}
