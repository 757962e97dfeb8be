/** Private keys in every spelling that people have them in, brought to the one that the KMS takes: PKCS#8 DER, unencrypted. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ByokError } from '../errors';
import type { KeySpecRow } from '../schema/kms';
import { Secret } from '../secret';
import { requireKeySpec } from './check';

export interface PrivateKey {
  /** PKCS#8 DER. For EC it always carries the public key: without it, P-256 falls under the 200 characters the API demands. */
  readonly pkcs8: Secret;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** For messages, for example "RSA with 2048 bits" or "EC on prime256v1". */
  readonly kind: string;
  /** Whether it is a key of this spec. */
  readonly fits: (spec: KeySpecRow) => boolean;
}

export type PrivateKeyEncoding = 'pem' | 'der';

type KeyInput = Parameters<typeof createPrivateKey>[0];

const begin = '-----BEGIN ';
/** How the label of every kind ends: `RSA PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`. */
const privateKeyLabel = Buffer.from('PRIVATE KEY');

const derTypes = ['pkcs8', 'pkcs1', 'sec1'] as const;

/**
 * @param password of an encrypted PEM or PKCS#8
 * @returns undefined when the content is no private key, or the password is missing or wrong
 */
export function tryParsePrivateKey(content: Buffer, encoding: PrivateKeyEncoding, password: Secret | undefined): PrivateKey | undefined {
  const passphrase = password === undefined ? {} : { passphrase: password.reveal() };
  const inputs: readonly KeyInput[] =
    encoding === 'pem'
      ? [{ key: content, format: 'pem', ...passphrase }]
      : derTypes.map((type) => ({ key: content, format: 'der' as const, type, ...passphrase }));
  for (const input of inputs) {
    const key = tryCreate(input);
    if (key !== undefined) {
      return toPrivateKey(key);
    }
  }
  return undefined;
}

/**
 * OpenSSL takes the first one and drops the others. Certificates and the parameters of a curve do not count.
 *
 * @param pem looked at in place, since strings cannot be wiped
 */
export function countPrivateKeys(pem: Buffer): number {
  let count = 0;
  for (let at = pem.indexOf(begin); at !== -1; at = pem.indexOf(begin, at + 1)) {
    const label = pem.subarray(at + begin.length, pem.indexOf('-----', at + begin.length));
    count += label.subarray(-privateKeyLabel.length).equals(privateKeyLabel) ? 1 : 0;
  }
  return count;
}

/** @throws ByokError ERR_MATERIAL_INVALID, and ERR_KEY_UNSUITABLE for a spec that takes no material */
export function checkPrivateKey(key: PrivateKey, keySpec: string, attribute: string | undefined): void {
  const row = requireKeySpec(keySpec);
  if (!key.fits(row)) {
    throw new ByokError('ERR_MATERIAL_INVALID', `the key material is a private key, ${key.kind}; ${keySpec} needs ${wanted(row)}`, {
      attribute,
    });
  }
}

function wanted(row: KeySpecRow): string {
  if (row.family === 'symmetric') {
    return `${row.materialBytes} bytes and no private key`;
  }
  return row.family === 'rsa' ? rsaKind(row.modulusBits) : ecKind(row.curve);
}

const rsaKind = (bits: number | undefined): string => `RSA with ${bits} bits`;
const ecKind = (curve: string | undefined): string => `EC on ${curve}`;

/** OpenSSL asks for a missing passphrase by throwing, and says nothing that a user could act on. */
function tryCreate(input: KeyInput): KeyObject | undefined {
  try {
    return createPrivateKey(input);
  } catch {
    return undefined;
  }
}

function toPrivateKey(key: KeyObject): PrivateKey {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  return {
    pkcs8: Secret.fromBytes(withPublicKey(key).export({ type: 'pkcs8', format: 'der' })),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
    kind: type === 'rsa' ? rsaKind(modulusLength) : type === 'ec' ? ecKind(namedCurve) : `${type}`,
    fits: (spec) =>
      (spec.family === 'rsa' && type === 'rsa' && modulusLength === spec.modulusBits) ||
      (spec.family === 'ec' && type === 'ec' && namedCurve === spec.curve),
  };
}

/** OpenSSL keeps leaving the public half out of a key that came without it; by way of JWK, which has it, it stays. */
function withPublicKey(key: KeyObject): KeyObject {
  return key.asymmetricKeyType === 'ec' ? createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' }) : key;
}
