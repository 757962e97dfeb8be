/**
 * Asymmetric material: a PKCS#8 private key in DER (RFC 5208, RFC 5915), checked against the key's spec. The structure is read with
 * node-forge; that the numbers make a working key is then asked of OpenSSL.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import forge from 'node-forge';
import type { KeySpecRow } from '../schema/kms';

type AsymmetricRow = Extract<KeySpecRow, { readonly family: 'rsa' | 'ec' }>;

const { asn1 } = forge;

const objectIds = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.2.1' } as const;

/** Named curves by their OpenSSL name. */
const curveIds: Readonly<Record<string, string>> = { prime256v1: '1.2.840.10045.3.1.7', secp384r1: '1.3.132.0.34' };

/** The key pair in stored material. */
export function loadPrivateKey(material: Buffer): KeyObject {
  return createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
}

/** Whether these bytes are exactly one unencrypted PKCS#8 key of the type and size that the spec wants. */
export function isPrivateKeyFor(row: AsymmetricRow, pkcs8: Buffer): boolean {
  try {
    return algorithmIds(pkcs8).join(' ') === expectedIds(row).join(' ') && works(loadPrivateKey(pkcs8), row);
  } catch {
    return false;
  }
}

function expectedIds(row: AsymmetricRow): string[] {
  return row.family === 'rsa' ? [objectIds.rsa] : [objectIds.ec, curveIds[row.curve] ?? ''];
}

/** PrivateKeyInfo: version, then algorithm and, for EC, named curve; throws on anything else, trailing bytes included. */
function algorithmIds(pkcs8: Buffer): string[] {
  const [version, algorithm, privateKey] = childrenOf(asn1.fromDer(pkcs8.toString('binary')));
  const known = version?.type === asn1.Type.INTEGER && (version.value === '\x00' || version.value === '\x01');
  if (!known || algorithm === undefined || privateKey?.type !== asn1.Type.OCTETSTRING) {
    throw new Error('not a PrivateKeyInfo');
  }
  // The parameters of RSA are NULL; explicit curve parameters are a SEQUENCE, which names no curve.
  const named = childrenOf(algorithm).filter(({ type }) => type !== asn1.Type.NULL);
  return named.map(({ type, value }) => (type === asn1.Type.OID ? asn1.derToOid(String(value)) : 'explicit'));
}

function childrenOf({ value }: forge.asn1.Asn1): forge.asn1.Asn1[] {
  return Array.isArray(value) ? value : [];
}

/** The public half that PKCS#8 carries may belong to another key: what is signed must verify. */
function works(privateKey: KeyObject, row: AsymmetricRow): boolean {
  const { modulusLength } = privateKey.asymmetricKeyDetails ?? {};
  if (row.family === 'rsa' && modulusLength !== row.modulusBits) {
    return false;
  }
  const probe = Buffer.from('byok emulator');
  return verify('sha256', probe, createPublicKey(privateKey), sign('sha256', probe, privateKey));
}
