/**
 * Asymmetric material: a PKCS#8 private key in DER (RFC 5208, RFC 5915), checked against the key's
 * spec. node-forge reads the structure; OpenSSL then checks that the numbers make a working key.
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import forge from 'node-forge';
import type { KeySpecRow } from '../terms/kms';

type AsymmetricRow = Extract<KeySpecRow, { readonly family: 'rsa' | 'ec' }>;

const { asn1 } = forge;

const objectIds = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.2.1' } as const;

/** Named curves by their OpenSSL name. */
const curveIds: Readonly<Record<string, string>> = {
  prime256v1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
};

/** The key pair in stored material. */
export function loadPrivateKey(material: Buffer): KeyObject {
  return createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
}

/**
 * Whether these bytes are exactly one unencrypted PKCS#8 key of the type and size
 * that the spec requires.
 */
export function isPrivateKeyFor(row: AsymmetricRow, pkcs8: Buffer): boolean {
  try {
    const agrees = row.family === 'rsa' ? rsaNumbersAgree(pkcs8) : isNumberOf(row.curve, pkcs8);
    return (
      algorithmIds(pkcs8).join(' ') === expectedIds(row).join(' ') &&
      agrees &&
      works(loadPrivateKey(pkcs8), row)
    );
  } catch {
    return false;
  }
}

function expectedIds(row: AsymmetricRow): string[] {
  return row.family === 'rsa' ? [objectIds.rsa] : [objectIds.ec, curveIds[row.curve] ?? ''];
}

/**
 * PrivateKeyInfo: version, then algorithm and, for EC, the named curve.
 * Throws on anything else, including trailing bytes.
 */
function algorithmIds(pkcs8: Buffer): string[] {
  const [version, algorithm, privateKey] = childrenOf(asn1.fromDer(pkcs8.toString('binary')));
  const known =
    version?.type === asn1.Type.INTEGER && (version.value === '\x00' || version.value === '\x01');
  if (!known || algorithm === undefined || privateKey?.type !== asn1.Type.OCTETSTRING) {
    throw new Error('not a PrivateKeyInfo');
  }
  // The parameters of RSA are NULL. Explicit curve parameters are a SEQUENCE, which names no curve.
  const named = childrenOf(algorithm).filter(({ type }) => type !== asn1.Type.NULL);
  return named.map(({ type, value }) =>
    type === asn1.Type.OID ? asn1.derToOid(String(value)) : 'explicit',
  );
}

function childrenOf({ value }: forge.asn1.Asn1): forge.asn1.Asn1[] {
  return Array.isArray(value) ? value : [];
}

/** The content of the octets of PrivateKeyInfo: RSAPrivateKey or ECPrivateKey. */
function numbersOf(pkcs8: Buffer): forge.asn1.Asn1[] {
  const [, , octets] = childrenOf(asn1.fromDer(pkcs8.toString('binary')));
  return childrenOf(asn1.fromDer(String(octets?.value)));
}

/**
 * OpenSSL signs even if the numbers contradict each other:
 * the remainders suffice for it, or d does.
 */
function rsaNumbersAgree(pkcs8: Buffer): boolean {
  const [version, ...numbers] = numbersOf(pkcs8).map(
    ({ value }) => new forge.jsbn.BigInteger(forge.util.bytesToHex(String(value)), 16),
  );
  const [n, e, d, p, q, dp, dq, qInv] = numbers;
  if (
    !n ||
    !e ||
    !d ||
    !p ||
    !q ||
    !dp ||
    !dq ||
    !qInv ||
    numbers.length !== 8 ||
    version?.signum() !== 0
  ) {
    return false;
  }
  const { ONE } = forge.jsbn.BigInteger;
  const [p1, q1] = [p.subtract(ONE), q.subtract(ONE)];
  return (
    e.compareTo(ONE) > 0 &&
    p1.signum() > 0 &&
    q1.signum() > 0 &&
    p.multiply(q).equals(n) &&
    [p1, q1].every((period) => d.multiply(e).mod(period).equals(ONE)) &&
    d.mod(p1).equals(dp) &&
    d.mod(q1).equals(dq) &&
    qInv.multiply(q).mod(p).equals(ONE)
  );
}

/** True between 0 and the order of the curve; throws otherwise. */
function isNumberOf(curve: string, pkcs8: Buffer): boolean {
  const [, number] = numbersOf(pkcs8);
  createECDH(curve).setPrivateKey(Buffer.from(String(number?.value), 'binary'));
  return true;
}

/** The public half inside PKCS#8 may belong to another key, so a signature must verify. */
function works(privateKey: KeyObject, row: AsymmetricRow): boolean {
  const { modulusLength } = privateKey.asymmetricKeyDetails ?? {};
  if (row.family === 'rsa' && modulusLength !== row.modulusBits) {
    return false;
  }
  const probe = Buffer.from('byok emulator');
  return verify('sha256', probe, createPublicKey(privateKey), sign('sha256', probe, privateKey));
}
