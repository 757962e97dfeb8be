/** From what a source gave to material: bytes of a symmetric key, or a private key, as the encoding says. */
import { ByokError } from '../errors';
import type { MaterialEncoding } from '../schema/key-material';
import { keySpecs } from '../schema/kms';
import type { Secret } from '../secret';
import { decodeText, isTextEncoding } from './decode';
import { type Material, privateKeyMaterial, symmetricMaterial } from './material';
import { type PrivateKey, tryParsePrivateKey } from './private-key';

export interface ContentOptions {
  readonly encoding: MaterialEncoding;
  readonly password: Secret | undefined;
  /** The attribute that names the source. */
  readonly attribute: string | undefined;
  /** How to name the source in an error, for example `file "orders.key"`. */
  readonly source: string;
}

const symmetricSizes: ReadonlySet<number> = new Set(
  Object.values(keySpecs).flatMap((row) => (row.family === 'symmetric' ? [row.materialBytes] : [])),
);

/**
 * @param content wiped before this returns
 * @throws ByokError ERR_MATERIAL_INVALID; the message never holds any of the content
 */
export function openContent(content: Buffer, options: ContentOptions): Material {
  const { encoding, attribute, source } = options;
  try {
    if (content.length === 0) {
      throw new ByokError(
        'ERR_MATERIAL_INVALID',
        `the key material in ${source} is empty; it must hold a symmetric key or one private key`,
        { attribute },
      );
    }
    if (!isTextEncoding(encoding)) {
      return privateKeyMaterial(openPrivateKey(content, encoding, options), attribute);
    }
    const bytes = decodeText(content, encoding, source, attribute);
    // Bytes of another length than any symmetric key may be a private key in DER, spelt in Base64 or hex.
    const privateKey = symmetricSizes.has(bytes.length) ? undefined : tryParsePrivateKey(bytes.reveal(), 'der', options.password);
    if (privateKey === undefined) {
      return symmetricMaterial(bytes, attribute);
    }
    bytes.wipe();
    return privateKeyMaterial(privateKey, attribute);
  } finally {
    content.fill(0);
  }
}

function openPrivateKey(content: Buffer, encoding: 'pem' | 'der' | 'pkcs12', { password, attribute, source }: ContentOptions): PrivateKey {
  const key = encoding === 'pkcs12' ? openPkcs12(content, password) : tryParsePrivateKey(content, encoding, password);
  if (key === undefined) {
    const given = password === undefined ? 'no password was given' : 'a password was given';
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material in ${source} cannot be opened as ${encoding}; it must hold one private key, and its password if it is encrypted must be given by material_password_env or material_password_wo (${given})`,
      { attribute },
    );
  }
  return key;
}

function openPkcs12(content: Buffer, password: Secret | undefined): PrivateKey | undefined {
  const { privateKeyOfPkcs12 } = require('./pkcs12') as typeof import('./pkcs12');
  let der: Buffer | undefined;
  try {
    der = privateKeyOfPkcs12(content, password);
    return der === undefined ? undefined : tryParsePrivateKey(der, 'der', undefined);
  } catch {
    return undefined;
  } finally {
    der?.fill(0);
  }
}
