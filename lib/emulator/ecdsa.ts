/**
 * ECDSA (FIPS 186-5 §6.4) over a digest that the caller made,
 * because node:crypto signs only messages.
 * OpenSSL computes the points: k·G is the public key of the private key k.
 * Verification uses the private key, which a KMS has, too, and so needs no addition of points:
 * u1·G + u2·Q = (u1 + u2·d)·G.
 * Signatures are DER, as openssl makes them.
 */
import { createECDH, type KeyObject } from 'node:crypto';
import forge from 'node-forge';

const { asn1 } = forge;

/** Orders of the base points, from SEC 2. */
const orders: Readonly<Record<string, bigint>> = {
  prime256v1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp384r1:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

interface Scalars {
  readonly curve: string;
  readonly order: bigint;
  readonly bytes: number;
  readonly secret: bigint;
}

export function signEcdsa(privateKey: KeyObject, digest: Buffer): Buffer {
  const { curve, order, secret } = readScalars(privateKey);
  for (;;) {
    const nonce = createECDH(curve);
    const x = xOf(nonce.generateKeys());
    const r = x % order;
    const s =
      (inverse(toBigInt(nonce.getPrivateKey()), order) * (leftmost(digest, order) + r * secret)) %
      order;
    if (r !== 0n && s !== 0n) {
      return encode(r, s);
    }
  }
}

export function verifyEcdsa(privateKey: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const { curve, order, bytes, secret } = readScalars(privateKey);
  const [r, s] = tryDecode(signature) ?? [0n, 0n];
  if (r < 1n || s < 1n || r >= order || s >= order) {
    return false;
  }
  const scalar = ((leftmost(digest, order) + r * secret) * inverse(s, order)) % order;
  if (scalar === 0n) {
    return false;
  }
  const point = createECDH(curve);
  point.setPrivateKey(Buffer.from(scalar.toString(16).padStart(2 * bytes, '0'), 'hex'));
  return xOf(point.getPublicKey()) % order === r;
}

function readScalars(privateKey: KeyObject): Scalars {
  const { namedCurve: curve = '' } = privateKey.asymmetricKeyDetails ?? {};
  const order = orders[curve] ?? 0n;
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return {
    curve,
    order,
    bytes: order.toString(16).length / 2,
    secret: toBigInt(Buffer.from(d, 'base64url')),
  };
}

/** The x of an uncompressed point: 04, x, y. */
function xOf(point: Buffer): bigint {
  return toBigInt(point.subarray(1, (point.length + 1) / 2));
}

/** The leading bits of the digest, as many as the order has. */
function leftmost(digest: Buffer, order: bigint): bigint {
  const surplus = digest.length * 8 - order.toString(2).length;
  return surplus > 0 ? toBigInt(digest) >> BigInt(surplus) : toBigInt(digest);
}

/** By Fermat's little theorem, because the order is prime. */
function inverse(value: bigint, order: bigint): bigint {
  let [result, base] = [1n, value % order];
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    result = exponent & 1n ? (result * base) % order : result;
    base = (base * base) % order;
  }
  return result;
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function encode(...values: bigint[]): Buffer {
  const integers = values.map((value) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
    // A leading zero keeps the number from reading as negative.
    const content = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]);
    return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, content.toString('binary'));
  });
  return Buffer.from(
    asn1.toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, integers)).getBytes(),
    'binary',
  );
}

/** Undefined unless `encode` writes the two numbers in exactly these bytes. */
function tryDecode(signature: Buffer): [bigint, bigint] | undefined {
  try {
    const { value } = asn1.fromDer(signature.toString('binary'));
    const [r, s] = (value as forge.asn1.Asn1[]).map((integer) =>
      toBigInt(Buffer.from(String(integer.value), 'binary')),
    );
    return r !== undefined && s !== undefined && encode(r, s).equals(signature)
      ? [r, s]
      : undefined;
  } catch {
    return undefined;
  }
}
