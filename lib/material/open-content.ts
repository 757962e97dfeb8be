/** From what a source gave to material: bytes of a symmetric key, or a private key, as the encoding says. */
import { ByokError } from '../errors';
import type { MaterialEncoding } from '../schema/key-material';
import { keySpecs } from '../schema/kms';
import type { Secret } from '../secret';
import { decodeText, isTextEncoding } from './decode';
import { refuseManyIterations } from './iterations';
import { type Material, privateKeyMaterial, symmetricMaterial } from './material';
import { type PrivateKey, privateKeysIn, type Refuse, tryParsePrivateKey } from './private-key';

export interface ContentOptions {
  readonly encoding: MaterialEncoding;
  readonly password: Secret | undefined;
  /** The attribute that names the source. */
  readonly attribute: string | undefined;
  /** How to name the source in an error, for example `file "orders.key"`. */
  readonly source: string;
}

/** More bytes than any key has, in any spelling, but fewer than a mistake such as /dev/zero. */
export const maxContentBytes = 1 << 20;

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
    if (content.length === 0 || content.length > maxContentBytes) {
      const found = content.length === 0 ? 'is empty' : `has more than ${maxContentBytes} bytes, which no key has`;
      throw invalid(`${found}; it must hold a symmetric key or one private key`, options);
    }
    if (encoding !== 'pem' && content.includes('-----BEGIN ')) {
      throw invalid(`looks like PEM, and material_encoding is "${encoding}"; set material_encoding to "pem"`, options);
    }
    if (!isTextEncoding(encoding)) {
      return privateKeyMaterial(openPrivateKey(content, encoding, options), attribute);
    }
    const bytes = decodeText(content, encoding, source, attribute);
    // Bytes of another length than any symmetric key may be a private key in DER, spelt in Base64 or hex.
    const privateKey = symmetricSizes.has(bytes.length) ? undefined : trySpeltPrivateKey(bytes, options);
    return privateKey === undefined ? symmetricMaterial(bytes, attribute) : privateKeyMaterial(privateKey, attribute);
  } finally {
    content.fill(0);
  }
}

/** @param bytes wiped unless they are none */
function trySpeltPrivateKey(bytes: Secret, options: ContentOptions): PrivateKey | undefined {
  let isNone = false;
  try {
    const refuse: Refuse = (what) => invalid(what, options);
    refuseManyIterations(bytes.reveal(), 'der', refuse);
    const key = tryParsePrivateKey(bytes.reveal(), 'der', options.password, refuse);
    isNone = key === undefined;
    return key;
  } finally {
    if (!isNone) {
      bytes.wipe();
    }
  }
}

function openPrivateKey(content: Buffer, encoding: 'pem' | 'der' | 'pkcs12', options: ContentOptions): PrivateKey {
  const { password } = options;
  const refuse: Refuse = (what) => invalid(what, options);
  refuseManyIterations(content, encoding, refuse);
  const count = encoding === 'pem' ? privateKeysIn(content).length : 1;
  if (count > 1) {
    throw invalid(`holds ${count} private keys; it must hold one: leave only the one to import there`, options);
  }
  const key = encoding === 'pkcs12' ? openPkcs12(content, password, refuse) : tryParsePrivateKey(content, encoding, password, refuse);
  if (key === undefined) {
    const given = password === undefined ? 'no password was given' : 'a password was given';
    throw invalid(
      `cannot be opened as ${encoding}; it must hold one private key, and its password if it is encrypted must be given by material_password_env or material_password_wo (${given})`,
      options,
    );
  }
  return key;
}

/** @param what follows "the key material in …" */
function invalid(what: string, { attribute, source }: ContentOptions): ByokError {
  return new ByokError('ERR_MATERIAL_INVALID', `the key material in ${source} ${what}`, { attribute });
}

function openPkcs12(content: Buffer, password: Secret | undefined, refuse: Refuse): PrivateKey | undefined {
  const der = tryUnpackPkcs12(content, password);
  try {
    return der === undefined ? undefined : tryParsePrivateKey(der, 'der', undefined, refuse);
  } finally {
    der?.fill(0);
  }
}

function tryUnpackPkcs12(content: Buffer, password: Secret | undefined): Buffer | undefined {
  const { privateKeyOfPkcs12 } = require('./pkcs12') as typeof import('./pkcs12');
  try {
    return privateKeyOfPkcs12(content, password);
  } catch {
    return undefined;
  }
}
