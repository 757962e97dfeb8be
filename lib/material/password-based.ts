/**
 * Decrypts what PKCS#5 (RFC 8018) and PKCS#12 (RFC 7292, appendix B) encrypt with a password. Node
 * does it only inside PKCS#8, and not for an absent password. Loaded with `pkcs12.ts`.
 */
import { createDecipheriv, createHash, getHashes, pbkdf2Sync, scryptSync } from 'node:crypto';
import forge from 'node-forge';
import { childrenOf, type DerElement, derTags, tryReadInteger } from './der';
import {
  algorithmOf,
  cipherOf,
  hasCipher,
  type OldEncryption,
  ofPkcs12,
  oids,
  tryFindDigest,
  tryNameEncryption,
} from './encryption';
import { type DerivationWork, iterationsOfScrypt } from './iterations';

/** One password in the two encodings that the standards ask for. */
export interface PasswordBytes {
  /** PKCS#5: UTF-8. */
  readonly octets: Buffer;
  /**
   * PKCS#12: UTF-16 and two zero bytes. Empty for an absent password, which is not the same as the
   * empty one.
   */
  readonly bmp: Buffer;
  /** What was derived from it so far. */
  readonly work: DerivationWork;
}

/** What we cannot decrypt here: the name of an algorithm. */
export class NotHere extends Error {}

/**
 * @param algorithm AlgorithmIdentifier
 * @returns undefined if the password is wrong, or something is damaged
 * @throws NotHere, TooManyIterations
 */
export function tryDecrypt(
  algorithm: DerElement | undefined,
  encrypted: Buffer,
  password: PasswordBytes,
): Buffer | undefined {
  const { oid = '', parameters } = algorithmOf(algorithm);
  const name = tryNameEncryption(algorithm)?.name ?? `an encryption of object identifier ${oid}`;
  const old = ofPkcs12[oid];
  if (old !== undefined) {
    return decryptOld(old, parameters, encrypted, password);
  }
  if (oid !== oids.pbes2) {
    throw new NotHere(name);
  }
  const [derivation, encryption] = childrenOf(parameters);
  const cipher = cipherOf(parameters);
  const iv = algorithmOf(encryption).parameters;
  if (!hasCipher(cipher) || iv?.tag !== derTags.octetString) {
    throw new NotHere(name);
  }
  const keyBytes = cipher.startsWith('des-ede3')
    ? 24
    : cipher.startsWith('sm4')
      ? 16
      : Number(/-(\d+)-/.exec(cipher)?.[1]) / 8;
  return decipher(cipher, deriveKey(derivation, keyBytes, password), iv.content, encrypted);
}

/**
 * PBKDF2 or scrypt.
 *
 * @param derivation AlgorithmIdentifier
 * @param keyBytes at most `maxDerivedBytes`
 * @throws NotHere, TooManyIterations
 */
export function deriveKey(
  derivation: DerElement | undefined,
  keyBytes: number,
  { octets, work }: PasswordBytes,
): Buffer {
  const { oid, parameters } = algorithmOf(derivation);
  const [salt, ...others] = childrenOf(parameters);
  const [first = 0, second = 0, third = 0] = others.map((element) => tryReadInteger(element) ?? 0);
  const bytes = salt?.content ?? Buffer.alloc(0);
  const prf = others.find(({ tag }) => tag === derTags.sequence);
  const digest = prf === undefined ? 'sha1' : tryFindDigest(algorithmOf(prf).oid);
  if (
    oid !== oids.scrypt &&
    (oid !== oids.pbkdf2 || digest === undefined || !getHashes().includes(digest))
  ) {
    throw new NotHere(
      `a key derivation of object identifier ${oid === oids.pbkdf2 ? algorithmOf(prf).oid : oid}`,
    );
  }
  work.spend(oid === oids.scrypt ? iterationsOfScrypt(first, second, third) : first);
  try {
    return oid === oids.scrypt
      ? scryptSync(octets, bytes, keyBytes, {
          N: first,
          r: second,
          p: third,
          maxmem: maxScryptBytes,
        })
      : pbkdf2Sync(octets, bytes, first, keyBytes, digest ?? '');
  } catch {
    throw new NotHere('a key derivation whose numbers are out of range');
  }
}

/** As many as the longest digest has: each further one would take all the iterations again. */
export const maxDerivedBytes = 64;

/** Sixteen times what OpenSSL accepts by default. */
const maxScryptBytes = 1 << 28;

/**
 * What the key, the initialization vector and the MAC are each derived with: "ID" of appendix B.3.
 */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

const blockBytesOf: Readonly<Record<string, number>> = {
  sha384: 128,
  sha512: 128,
  'sha512-224': 128,
  'sha512-256': 128,
  'sha3-224': 144,
  'sha3-256': 136,
  'sha3-384': 104,
  'sha3-512': 72,
};

/** A salt and a count. @throws NotHere, TooManyIterations */
export function readOldParameters(
  [salt, count]: readonly (DerElement | undefined)[],
  { work }: PasswordBytes,
): { readonly salt: Buffer; readonly iterations: number } {
  // If left out, it is 1.
  const iterations = count === undefined ? 1 : tryReadInteger(count);
  if (salt?.tag !== derTags.octetString || iterations === undefined) {
    throw new NotHere('a key derivation whose numbers are out of range');
  }
  work.spend(iterations);
  return { salt: salt.content, iterations };
}

/** RFC 7292, appendix B.2. @param digest as Node names it @param size at most `maxDerivedBytes` */
export function deriveOld(
  digest: string,
  purpose: number,
  salt: Buffer,
  iterations: number,
  bmp: Buffer,
  size: number,
): Buffer {
  const blockBytes = blockBytesOf[digest] ?? 64;
  const diversifier = Buffer.alloc(blockBytes, purpose);
  const input = Buffer.concat([filled(salt, blockBytes), filled(bmp, blockBytes)]);
  const parts: Buffer[] = [];
  for (let done = 0; done < size; ) {
    let part = createHash(digest).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round += 1) {
      part = createHash(digest).update(part).digest();
    }
    parts.push(part);
    done += part.length;
    addToEach(input, Buffer.alloc(blockBytes, part));
  }
  return Buffer.concat(parts).subarray(0, size);
}

/** Over and over, up to whole blocks. */
function filled(bytes: Buffer, blockBytes: number): Buffer {
  return bytes.length === 0
    ? bytes
    : Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
}

/** Every block of the input plus this one plus 1, as numbers. */
function addToEach(input: Buffer, block: Buffer): void {
  for (let start = 0; start < input.length; start += block.length) {
    let carry = 1;
    for (let index = block.length - 1; index >= 0; index -= 1) {
      carry += (input[start + index] ?? 0) + (block[index] ?? 0);
      input[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
}

function decryptOld(
  { name, cipher, keyBytes }: OldEncryption,
  parameters: DerElement | undefined,
  encrypted: Buffer,
  password: PasswordBytes,
): Buffer | undefined {
  if (cipher !== 'rc2-cbc' && cipher !== 'des-ede3-cbc') {
    throw new NotHere(name);
  }
  const { salt, iterations } = readOldParameters(childrenOf(parameters), password);
  const derive = (purpose: number, size: number) =>
    deriveOld('sha1', purpose, salt, iterations, password.bmp, size);
  if (cipher === 'rc2-cbc') {
    return decipherRc2(derive(purposes.key, keyBytes), derive(purposes.iv, 8), encrypted);
  }
  const key = derive(purposes.key, keyBytes);
  // Of two keys, the first is repeated.
  return decipher(
    cipher,
    keyBytes === 24 ? key : Buffer.concat([key, key.subarray(0, 8)]),
    derive(purposes.iv, 8),
    encrypted,
  );
}

function decipher(cipher: string, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  try {
    const opening = createDecipheriv(cipher, key, iv);
    parts.push(opening.update(encrypted));
    parts.push(opening.final());
    return Buffer.concat(parts);
  } catch {
    return undefined;
  } finally {
    for (const secret of [key, ...parts]) {
      secret.fill(0);
    }
  }
}

/** Node does not have it in any form. */
function decipherRc2(key: Buffer, iv: Buffer, encrypted: Buffer): Buffer | undefined {
  const opening = forge.rc2.createDecryptionCipher(key.toString('binary'), key.length * 8);
  opening.start(iv.toString('binary'));
  opening.update(forge.util.createBuffer(encrypted.toString('binary')));
  return opening.finish() ? Buffer.from(opening.output.getBytes(), 'binary') : undefined;
}
