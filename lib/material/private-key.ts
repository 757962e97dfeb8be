/**
 * Private keys in every common form, converted to the one that the KMS accepts: PKCS#8 DER,
 * unencrypted. The result is a key of some spec whose numbers belong together. That matters because
 * an import is for ever, and is identified by the public half.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { ByokError } from '../errors';
import { Secret } from '../secret';
import { isAsymmetric, type KeySpecRow, keySpecs } from '../terms/kms';
import { type Phrase, plainSpelling, say } from '../terms/setting';
import { type Origin, requireKeySpec, weaknessOf } from './check';
import { derTags, elementsOf, tryReadElement } from './der';
import { completeEcKey, tryNameCurve } from './ec-numbers';
import { algorithmOf } from './encryption';
import { nameKeyAlgorithm } from './key-algorithms';
import { encryptionOf, type PemBlock, privateKeysIn, tryDecodeBlock, tryTidy } from './pem';
import { tryReadRsaNumbers } from './rsa-numbers';

export interface PrivateKey {
  /**
   * PKCS#8 DER. For EC it always carries the public key: without it, P-256 falls under the 200
   * characters the API demands.
   */
  readonly pkcs8: Secret;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** For messages, for example "RSA with 2048 bits" or "EC on prime256v1". */
  readonly kind: string;
  /** Whether it is a key of this spec. */
  readonly fits: (spec: KeySpecRow) => boolean;
  /** Why it should not be imported for the first time. */
  readonly weakness: string | undefined;
}

/**
 * Makes the error for a private key that opens but can never be imported.
 * @param what follows "the key material"
 */
export type Refuse = (what: Phrase) => ByokError;

export type PrivateKeyEncoding = 'pem' | 'der';

type KeyInput = Parameters<typeof createPrivateKey>[0];

const derTypes = ['pkcs8', 'pkcs1', 'sec1'] as const;

/**
 * More than RSA with 8192 bits needs, which messages still name. OpenSSL would calculate for
 * minutes with the numbers of a longer DSA key.
 */
const maxKeyBytes: Readonly<Record<PrivateKeyEncoding, number>> = { pem: 8600, der: 6144 };

/**
 * @param password of an encrypted PEM or PKCS#8
 * @returns undefined if the content is not a private key, or the password is missing or wrong
 * @throws the error of `refuse`, for a private key that can never be imported
 */
export function tryParsePrivateKey(
  content: Buffer,
  encoding: PrivateKeyEncoding,
  password: Secret | undefined,
  refuse: Refuse = (what) =>
    new ByokError('ERR_MATERIAL_INVALID', `the key material ${say(what, plainSpelling)}`),
): PrivateKey | undefined {
  if (encoding === 'der') {
    return content[0] === derTags.sequence
      ? tryParse(content, encoding, password, refuse)
      : undefined;
  }
  const [block] = privateKeysIn(content);
  return block === undefined ? undefined : tryParseBlock(block, password, refuse);
}

/** By its label, or else by what it holds: some files have the lines of one kind around another. */
function tryParseBlock(
  block: PemBlock,
  password: Secret | undefined,
  refuse: Refuse,
): PrivateKey | undefined {
  const mayBeAnother = block.label !== 'ENCRYPTED PRIVATE KEY' && encryptionOf(block) === undefined;
  return (
    tryParseCopy(tryTidy(block), 'pem', password, refuse) ??
    (mayBeAnother ? tryParseCopy(tryDecodeBlock(block), 'der', password, refuse) : undefined)
  );
}

/** @param copy wiped */
function tryParseCopy(
  copy: Buffer | undefined,
  encoding: PrivateKeyEncoding,
  password: Secret | undefined,
  refuse: Refuse,
): PrivateKey | undefined {
  try {
    return copy === undefined ? undefined : tryParse(copy, encoding, password, refuse);
  } finally {
    copy?.fill(0);
  }
}

function tryParse(
  key: Buffer,
  encoding: PrivateKeyEncoding,
  password: Secret | undefined,
  refuse: Refuse,
): PrivateKey | undefined {
  if (key.length > maxKeyBytes[encoding]) {
    throw refuse(
      ({ name }) =>
        `has a private key of ${key.length} bytes, which is longer than any that a ${name('keySpec')} takes; ${allowedSpecs}`,
    );
  }
  const opened = inputsOf(key, encoding, password).reduce<KeyObject | undefined>(
    (known, input) => known ?? tryCreate(input),
    undefined,
  );
  const behind =
    encoding === 'der' ? key.length - (tryReadElement(key)?.whole.length ?? key.length) : 0;
  if (opened !== undefined && behind > 0) {
    throw refuse(`has ${behind} bytes after the end of its private key; remove them`);
  }
  return opened === undefined ? undefined : toPrivateKey(opened, refuse);
}

function inputsOf(
  key: Buffer,
  encoding: PrivateKeyEncoding,
  password: Secret | undefined,
): readonly KeyInput[] {
  const passphrase = password === undefined ? {} : { passphrase: password.reveal() };
  return encoding === 'pem'
    ? [{ key, format: 'pem', ...passphrase }]
    : derTypes.map((type) => ({ key, format: 'der' as const, type, ...passphrase }));
}

/**
 * @throws ByokError ERR_MATERIAL_INVALID, and ERR_KEY_UNSUITABLE for a spec that accepts no
 *   material
 */
export function checkPrivateKey(
  key: PrivateKey,
  keySpec: string,
  { attribute, spelling = plainSpelling }: Origin,
): void {
  const row = requireKeySpec(keySpec, spelling);
  if (!key.fits(row)) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is a private key, ${key.kind}; ${keySpec} needs ${wanted(row)}`,
      {
        attribute,
      },
    );
  }
}

function wanted(row: KeySpecRow): string {
  if (row.family === 'symmetric') {
    return `${row.materialBytes} bytes and no private key`;
  }
  return row.family === 'rsa' ? rsaKind(row.modulusBits) : ecKind(row.curve);
}

/** The curve; Node says nothing else about EC keys. */
const sm2 = Buffer.from('2a811ccf5501822d', 'hex');

const rsaKind = (bits: number | undefined): string => `RSA with ${bits} bits`;
const ecKind = (curve: string | undefined): string => `EC on ${curve}`;

export const allowedSpecs = `allowed are ${Object.entries(keySpecs)
  .filter(([name]) => isAsymmetric(name))
  .map(([name, row]) => `${wanted(row)} (${name})`)
  .join(', ')}`;

/** OpenSSL asks for a missing passphrase by throwing, and says nothing that a user could act on. */
function tryCreate(input: KeyInput): KeyObject | undefined {
  try {
    return createPrivateKey(input);
  } catch {
    return undefined;
  }
}

/** We judge what OpenSSL would write, because that is what is sent. */
function toPrivateKey(key: KeyObject, refuse: Refuse): PrivateKey {
  const info = tryExport(key);
  if (info === undefined) {
    throw refuse(doesNotWork('number is too long for its curve'));
  }
  try {
    const [, algorithm, octets] = elementsOf(tryReadElement(info)?.content ?? info);
    const content = octets?.content ?? info;
    switch (key.asymmetricKeyType) {
      case 'rsa':
        return rsaKey(info, content, refuse);
      case 'ec':
        return ecKey(content, tryNameCurve(algorithm?.whole ?? info), refuse);
      default:
        throw refuse(
          isOfNoSpec(
            algorithm?.whole.includes(sm2) ? 'SM2' : nameKeyAlgorithm(algorithmOf(algorithm).oid),
          ),
        );
    }
  } finally {
    info.fill(0);
  }
}

function tryExport(key: KeyObject): Buffer | undefined {
  try {
    return key.export({ type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}

function rsaKey(info: Buffer, pkcs1: Buffer, refuse: Refuse): PrivateKey {
  const numbers = tryReadRsaNumbers(pkcs1);
  if (numbers === undefined) {
    throw refuse(doesNotWork('structure is not that of an RSA key'));
  }
  const kind = rsaKind(numbers.modulusBits);
  if (numbers.isMultiPrime) {
    throw refuse(isOfNoSpec(`${kind} and more than two primes`));
  }
  const fits = (spec: KeySpecRow) =>
    spec.family === 'rsa' && spec.modulusBits === numbers.modulusBits;
  const weakness = numbers.hasSmallExponent ? 'an RSA exponent below 65537' : undefined;
  return wholeKey(Buffer.from(info), { kind, fits, weakness }, numbers.findFault, refuse);
}

function ecKey(sec1: Buffer, curve: string | undefined, refuse: Refuse): PrivateKey {
  const kind = ecKind(curve ?? 'a curve that has no name');
  const fits = (spec: KeySpecRow) => spec.family === 'ec' && spec.curve === curve;
  refuseIfOfNoSpec({ kind, fits }, refuse);
  const whole = completeEcKey(sec1, String(curve));
  if ('fault' in whole) {
    throw refuse(doesNotWork(whole.fault));
  }
  return wholeKey(
    whole.pkcs8,
    { kind, fits, weakness: weaknessOf(whole.scalar) },
    () => undefined,
    refuse,
  );
}

/** @param pkcs8 now owned here, and wiped if the key is refused */
function wholeKey(
  pkcs8: Buffer,
  traits: Pick<PrivateKey, 'kind' | 'fits' | 'weakness'>,
  findFault: () => string | undefined,
  refuse: Refuse,
): PrivateKey {
  try {
    refuseIfOfNoSpec(traits, refuse);
    const fault = findFault();
    if (fault !== undefined) {
      throw refuse(doesNotWork(fault));
    }
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(key);
    if (!verify('sha256', probe, publicKey, sign('sha256', probe, key))) {
      throw refuse(doesNotWork('public half does not verify what it signs'));
    }
    return {
      ...traits,
      pkcs8: Secret.fromBytes(pkcs8),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    };
  } catch (thrown) {
    pkcs8.fill(0);
    throw thrown;
  }
}

const probe = Buffer.from('cdktf-byok signs once');

function refuseIfOfNoSpec({ kind, fits }: Pick<PrivateKey, 'kind' | 'fits'>, refuse: Refuse): void {
  if (!Object.values(keySpecs).some(fits)) {
    throw refuse(isOfNoSpec(kind));
  }
}

const isOfNoSpec =
  (kind: string): Phrase =>
  ({ name }) =>
    `is a private key, ${kind}, which no ${name('keySpec')} takes; ${allowedSpecs}`;

const doesNotWork = (fault: string): string =>
  `is a private key that contradicts itself: its ${fault}; get an undamaged copy from where it was made`;
