/**
 * RSA signatures (RFC 8017 §8) over a digest that the caller made,
 * because node:crypto signs only messages.
 * node-forge encodes PSS; OpenSSL provides the RSA primitives.
 * The salt of PSS is as long as the digest, and MGF1 uses the same hash.
 */
import {
  constants,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
} from 'node:crypto';
import forge from 'node-forge';

const { md } = forge;

export type HashName = 'sha256' | 'sha384' | 'sha512';

interface Scheme {
  sign(privateKey: KeyObject, hash: HashName, digest: Buffer): Buffer;
  verify(privateKey: KeyObject, hash: HashName, digest: Buffer, signature: Buffer): boolean;
}

/** DER of a DigestInfo up to the digest, RFC 8017 §9.2 note 1. */
const digestInfoHeads = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
} as const satisfies Record<HashName, string>;

export const rsaPkcs1: Scheme = {
  sign: (key, hash, digest) =>
    privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest)),
  verify(privateKey, hash, digest, signature) {
    const opened = tryOpen(privateKey, signature, constants.RSA_PKCS1_PADDING);
    return opened?.equals(digestInfo(hash, digest)) ?? false;
  },
};

export const rsaPss: Scheme = {
  sign(key, hash, digest) {
    const encoded = encodePss(hash, digest, modulusBits(key));
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
  },
  verify(privateKey, hash, digest, signature) {
    const opened = tryOpen(privateKey, signature, constants.RSA_NO_PADDING);
    return opened !== undefined && verifyPss(hash, digest, opened, modulusBits(privateKey));
  },
};

function digestInfo(hash: HashName, digest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(digestInfoHeads[hash], 'hex'), digest]);
}

/**
 * §8.1.2 and §8.2.2, step 1: the signature must be exactly as long as the modulus.
 * OpenSSL would accept omitted leading zeros.
 */
function tryOpen(privateKey: KeyObject, signature: Buffer, padding: number): Buffer | undefined {
  if (signature.length !== modulusBits(privateKey) / 8) {
    return undefined;
  }
  try {
    return publicDecrypt({ key: createPublicKey(privateKey), padding }, signature);
  } catch {
    return undefined;
  }
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** EMSA-PSS of §9.1 for one hash. */
function pssOf(hash: HashName): forge.pss.PSS {
  const { create } = md[hash];
  return forge.pss.create({
    md: create(),
    mgf: forge.mgf.mgf1.create(create()),
    saltLength: create().digestLength,
  });
}

function encodePss(hash: HashName, digest: Buffer, bits: number): Buffer {
  // The only use of the message is to ask for its digest.
  const message = { digest: () => forge.util.createBuffer(digest.toString('binary')) };
  return Buffer.from(pssOf(hash).encode(message, bits), 'binary');
}

function verifyPss(hash: HashName, digest: Buffer, encoded: Buffer, bits: number): boolean {
  try {
    return pssOf(hash).verify(digest.toString('binary'), encoded.toString('binary'), bits);
  } catch {
    return false;
  }
}
