/**
 * Names DER that holds no private key, or one that OpenSSL could not open, by its shape. So the
 * message does not blame the password if it is not to blame. Loaded only if something could not be
 * opened.
 */
import type { Phrase } from '../terms/setting';
import { isPkcs12 } from './container';
import {
  childrenOf,
  type DerElement,
  derTags,
  tryFindCut,
  tryReadElement,
  tryReadInteger,
  tryReadOid,
} from './der';
import { algorithmOf, tryNameEncryption } from './encryption';
import { nameKeyAlgorithm } from './key-algorithms';
import { allowedSpecs } from './private-key';

export const noPrivateKey =
  'which holds no private key; give the file of the private key that belongs to it';

const { integer, bitString, octetString, oid, sequence, first } = derTags;

const utcTime = 0x17;
const generalizedTime = 0x18;

interface Shape {
  readonly is: (children: readonly DerElement[]) => boolean;
  readonly name: (children: readonly DerElement[], hasPassword: boolean, convert: string) => Phrase;
}

const areIntegers = (children: readonly DerElement[], count: number) =>
  children.length === count && children.every(({ tag }) => tag === integer);

const begins =
  (...tags: readonly number[]) =>
  (children: readonly DerElement[]) =>
    tags.every((tag, index) => children[index]?.tag === tag);

const isSigned = begins(sequence, sequence, bitString);

/** Tried from the top. */
const shapes: readonly Shape[] = [
  {
    is: isPkcs12,
    name:
      () =>
      ({ name }) =>
        `a PKCS#12 file; set ${name('materialEncoding')} to "pkcs12"`,
  },
  {
    is: ([type]) => (tryReadOid(type) ?? '').startsWith('1.2.840.113549.1.7.'),
    name: () => `PKCS#7 (CMS), ${noPrivateKey}`,
  },
  {
    is: (children) =>
      begins(sequence, octetString)(children) && tryNameEncryption(children[0]) !== undefined,
    name: ([algorithm], hasPassword, convert) =>
      nameEncrypted(tryNameEncryption(algorithm), hasPassword, convert),
  },
  {
    is: (children) => begins(sequence, bitString)(children) && children.length === 2,
    name: ([algorithm]) =>
      `a public key (${nameKeyAlgorithm(algorithmOf(algorithm).oid)}), ${noPrivateKey}`,
  },
  {
    is: (children) => isSigned(children) && isRequest(childrenOf(children[0])),
    name: () => `a certificate request (CSR), ${noPrivateKey}`,
  },
  {
    is: (children) => isSigned(children) && isRevocationList(childrenOf(children[0])),
    name: () => `a revocation list (CRL), ${noPrivateKey}`,
  },
  { is: isSigned, name: () => `a certificate (X.509), ${noPrivateKey}` },
  {
    is: (children) => areIntegers(children, 2) && (tryReadInteger(children[1]) ?? 9) < 9,
    name: () => `parameters of Diffie-Hellman, ${noPrivateKey}`,
  },
  {
    is: (children) => areIntegers(children, 2),
    name: () => `a public key (RSA, PKCS#1), ${noPrivateKey}`,
  },
  {
    is: (children) => areIntegers(children, 3),
    name: () => `parameters of DSA or Diffie-Hellman, ${noPrivateKey}`,
  },
  { is: (children) => areIntegers(children, 6), name: () => ofNoSpec('DSA') },
  {
    is: (children) =>
      begins(integer, sequence, sequence)(children) &&
      (tryReadOid(childrenOf(children[1])[0]) ?? '').startsWith('1.2.840.10045.1.'),
    name: () => `the parameters of a curve (EC PARAMETERS), ${noPrivateKey}`,
  },
  { is: begins(integer, sequence, octetString), name: ([, algorithm]) => nameUnopened(algorithm) },
  {
    is: begins(integer, octetString, first),
    name: ([, , curve]) => nameUnopenedCurve(tryReadElement(curve?.content ?? Buffer.alloc(0))),
  },
  {
    is: begins(integer, octetString),
    name: () =>
      'an EC private key (SEC 1) that does not name its curve; write it as PKCS#8, with its curve, where it was made',
  },
];

/**
 * @param convert how to convert an encrypted key: a command line without the names of its files
 * @returns what follows "it is"; undefined if it is not DER of a known shape
 */
export function tryNameDer(
  bytes: Buffer,
  hasPassword: boolean,
  convert = 'openssl pkcs8 -topk8 -inform DER',
): Phrase | undefined {
  const cut = tryFindCut(bytes);
  if (bytes[0] === sequence && cut !== undefined) {
    const isText = bytes.every((byte) => byte >= 0x09 && byte < 0x7f);
    return !isText && [integer, sequence].some((tag) => bytes.subarray(2, 6).includes(tag))
      ? `cut off: it should have ${cut} bytes, but has ${bytes.length}; get a complete copy from where it was made`
      : undefined;
  }
  const element = tryReadElement(bytes);
  if (element?.tag === oid && element.whole.length === bytes.length) {
    return `the parameters of a curve (EC PARAMETERS), ${noPrivateKey}`;
  }
  const children = element?.tag === sequence ? childrenOf(element) : [];
  return shapes.find(({ is }) => is(children))?.name(children, hasPassword, convert);
}

/** @param convert command line without the names of its files */
export function nameEncrypted(
  encryption: { readonly name: string; readonly isHere: boolean } | undefined,
  hasPassword: boolean,
  convert: string,
): Phrase {
  const { name: cipher = 'of an unknown cipher', isHere = false } = encryption ?? {};
  if (!isHere) {
    return ({ name }) =>
      `an encrypted private key (${cipher}) with a cipher that this program does not have; ` +
      `convert it: ${convert} -provider legacy -provider default -in FILE -out NEW.pem, and ` +
      `set ${name('materialEncoding')} to "pem"`;
  }
  return hasPassword
    ? ({ name }) =>
        `an encrypted private key (${cipher}), but the given password is wrong or the key is ` +
        `damaged; give the right password by ${name('materialPassword')}`
    : ({ name }) =>
        `an encrypted private key (${cipher}), but no password was given; give it by ${name('materialPassword')}`;
}

export function ofNoSpec(kind: string): Phrase {
  return ({ name }) => `a private key, ${kind}, which no ${name('keySpec')} takes; ${allowedSpecs}`;
}

const damaged =
  'a private key that is damaged: OpenSSL cannot read it; get an undamaged copy from where it was made';

/** PKCS#8. @param algorithm AlgorithmIdentifier */
function nameUnopened(algorithm: DerElement | undefined): Phrase {
  const { oid: kind, parameters } = algorithmOf(algorithm);
  const name = nameKeyAlgorithm(kind);
  if (name === 'EC') {
    return nameUnopenedCurve(parameters);
  }
  return name === 'RSA' ? damaged : ofNoSpec(name);
}

/** On a named curve the key may be damaged, or OpenSSL was built without the curve. */
function nameUnopenedCurve(parameters: DerElement | undefined): Phrase {
  const curve = tryReadOid(parameters);
  const known = ['1.2.840.10045.3.1.7', '1.3.132.0.34'];
  return curve === undefined || known.includes(curve)
    ? damaged
    : ofNoSpec(`EC on a curve of object identifier ${curve}`);
}

/** CertificationRequestInfo: version, name, public key. */
function isRequest(children: readonly DerElement[]): boolean {
  return (
    begins(integer, sequence, sequence)(children) &&
    begins(sequence, bitString)(childrenOf(children[2]))
  );
}

/** TBSCertList: dates follow the issuer, where a certificate has both of its own in a sequence. */
function isRevocationList(children: readonly DerElement[]): boolean {
  return children.some(({ tag }) => tag === utcTime || tag === generalizedTime);
}
