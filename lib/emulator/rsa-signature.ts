/**
 * RSA signatures (RFC 8017 §8) over a digest that the caller made,
 * because node:crypto signs only messages.
 * The encodings are written out here; OpenSSL provides the RSA primitives.
 * The salt of PSS is as long as the digest, and MGF1 uses the same hash.
 */
import {
  constants,
  createHash,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

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
    const encoded = encodePss(hash, digest, modulusBits(key), randomBytes(digest.length));
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

/** EMSA-PSS-ENCODE, §9.1.1, for a modulus of whole bytes. */
function encodePss(hash: HashName, digest: Buffer, bits: number, salt: Buffer): Buffer {
  const seal = sealPss(hash, digest, salt);
  const block = Buffer.alloc(bits / 8 - seal.length - 1);
  block.writeUInt8(1, block.length - salt.length - 1);
  salt.copy(block, block.length - salt.length);
  const masked = exclusiveOr(block, mgf1(hash, seal, block.length));
  // Clears the topmost bit, because the encoding is one bit shorter than the modulus.
  masked.writeUInt8(masked.readUInt8(0) & 0x7f, 0);
  return Buffer.concat([masked, seal, Buffer.from([0xbc])]);
}

/** EMSA-PSS-VERIFY, §9.1.2: recovers the salt, encodes again, and compares. */
function verifyPss(hash: HashName, digest: Buffer, encoded: Buffer, bits: number): boolean {
  const end = encoded.length - digest.length - 1;
  const [masked, seal] = [encoded.subarray(0, end), encoded.subarray(end, -1)];
  const block = exclusiveOr(masked, mgf1(hash, seal, masked.length));
  return timingSafeEqual(encodePss(hash, digest, bits, block.subarray(-digest.length)), encoded);
}

function sealPss(hash: HashName, digest: Buffer, salt: Buffer): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

function mgf1(hash: HashName, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, made = 0; made < length; counter += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(number).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks, length);
}

function exclusiveOr(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
