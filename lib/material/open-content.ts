/**
 * Turns the content of a source into material: the bytes of a symmetric key, or a private key, as
 * the encoding says.
 */
import { ByokError } from '../errors';
import type { Secret } from '../secret';
import type { MaterialEncoding } from '../terms/material';
import { type Phrase, plainSpelling, say } from '../terms/setting';
import type { Origin } from './check';
import { type Container, isPkcs12, tryFindContainer } from './container';
import { decodeText, isTextEncoding, type TextEncoding, tryDecodeWrapped } from './decode';
import { childrenOf, tryReadElement } from './der';
import { refuseManyIterations } from './iterations';
import { type Material, privateKeyMaterial, symmetricMaterial } from './material';
import { looksLikePem, privateKeysIn } from './pem';
import { type PrivateKey, type Refuse, tryParsePrivateKey } from './private-key';
import { hintOf, symmetricSizes } from './spelling-hint';

export interface ContentOptions extends Origin {
  readonly encoding: MaterialEncoding;
  readonly password: Secret | undefined;
  /** Names the source in an error, for example `file "orders.key"`. */
  readonly source: string;
}

/** More bytes than any key has, in any spelling, but fewer than a mistake such as /dev/zero. */
export const maxContentBytes = 1 << 20;

/**
 * @param content wiped before this returns
 * @throws ByokError ERR_MATERIAL_INVALID; the message never holds any of the content
 */
export function openContent(content: Buffer, options: ContentOptions): Material {
  const { encoding } = options;
  try {
    if (content.length > maxContentBytes || isEmpty(content, encoding)) {
      const found =
        content.length > maxContentBytes
          ? `has more than ${maxContentBytes} bytes, which no key has`
          : 'is empty';
      throw invalid(`${found}; it must hold a symmetric key or one private key`, options);
    }
    if (encoding !== 'pem' && looksLikePem(content)) {
      throw pemIn(content, options);
    }
    return isTextEncoding(encoding)
      ? openEncoded(content, encoding, options)
      : openContainer(content, encoding, options);
  } finally {
    content.fill(0);
  }
}

/** White space alone is a key only as raw bytes, and then a weak one. */
function isEmpty(content: Buffer, encoding: MaterialEncoding): boolean {
  return encoding === 'raw'
    ? content.length === 0
    : content.every((byte) => byte <= 0x20 && byte > 0) || content.equals(utf8Mark);
}

const utf8Mark = Buffer.from('efbbbf', 'hex');

function pemIn(content: Buffer, options: ContentOptions): ByokError {
  const named = privateKeysIn(content).length === 0 ? tryName(content, options) : undefined;
  return named === undefined
    ? invalid(({ name }) => {
        const encoding = name('materialEncoding');
        return `looks like PEM, but ${encoding} is "${options.encoding}"; set ${encoding} to "pem"`;
      }, options)
    : closed(named, options);
}

/**
 * Bytes of a length that no symmetric key has may be a private key in one of its containers,
 * encoded in Base64 or hex.
 */
function openEncoded(content: Buffer, encoding: TextEncoding, options: ContentOptions): Material {
  const bytes = decodeText(content, encoding, options.source, options, () => {
    const wrapped = tryUnwrap(content, encoding);
    const named = wrapped === undefined ? tryName(content, options) : undefined;
    if (named !== undefined) {
      throw closed(named, options);
    }
    return wrapped;
  });
  if (symmetricSizes.has(bytes.length)) {
    return symmetricMaterial(bytes, options);
  }
  let isSymmetric = false;
  try {
    const form = tryFindContainer(bytes.reveal());
    const key = form === undefined ? undefined : tryOpen(bytes.reveal(), form, options);
    if (key !== undefined) {
      return privateKeyMaterial(key, options);
    }
    const hint = hintOf(content, encoding, bytes.reveal());
    const named =
      hint === undefined
        ? (tryNameTwice(bytes.reveal()) ?? tryName(bytes.reveal(), options))
        : undefined;
    if (named !== undefined) {
      throw closed(named, options);
    }
    isSymmetric = true;
    return symmetricMaterial(bytes, options, hint);
  } finally {
    if (!isSymmetric) {
      bytes.wipe();
    }
  }
}

/** In Base64, too, so that a variable can carry binary content. */
function openContainer(content: Buffer, encoding: Container, options: ContentOptions): Material {
  const unwrapped =
    tryFindContainer(content) === undefined ? tryUnwrap(content, 'base64') : undefined;
  const bytes = unwrapped ?? content;
  try {
    const found = tryFindContainer(bytes) ?? encoding;
    const isOther = found !== encoding;
    const key = isOther && found === 'pkcs12' ? undefined : tryOpen(bytes, found, options);
    if (key === undefined) {
      throw closed(
        tryName(bytes, options) ?? `${unknownTo[encoding]}; it must hold one private key`,
        options,
      );
    }
    if (isOther) {
      key.pkcs8.wipe();
      const [what, right] = unwrapped === undefined ? ['', found] : [' in Base64', 'base64'];
      throw invalid(
        ({ name }) =>
          `is ${found.toUpperCase()}${what}, but ${name('materialEncoding')} is ` +
          `"${encoding}"; set ${name('materialEncoding')} to "${right}"`,
        options,
      );
    }
    return privateKeyMaterial(key, options);
  } finally {
    unwrapped?.fill(0);
  }
}

const unknownTo: Readonly<Record<Container, string>> = {
  pem: 'text without a line such as "-----BEGIN PRIVATE KEY-----"',
  der: 'no private key in PKCS#8, PKCS#1 or SEC 1',
  pkcs12: 'no PKCS#12 file',
};

/** A private key in Base64 or hex that was encoded once more, as in a secret of Kubernetes. */
function tryNameTwice(bytes: Buffer): string | undefined {
  const found = (['base64', 'hex'] as const).find((encoding) => {
    const again = tryUnwrap(bytes, encoding);
    again?.fill(0);
    return again !== undefined;
  });
  return found === undefined
    ? undefined
    : `text that encodes a private key in ${found}, so it was encoded twice; decode it once`;
}

/** From Base64 or hex, if that encodes a container. */
function tryUnwrap(content: Buffer, encoding: TextEncoding): Buffer | undefined {
  const bytes = tryDecodeWrapped(content, encoding);
  return bytes !== undefined && tryFindContainer(bytes) !== undefined ? bytes : undefined;
}

/** Undefined if it cannot be opened, for a reason that `tryName` finds. */
function tryOpen(bytes: Buffer, form: Container, options: ContentOptions): PrivateKey | undefined {
  const refuse: Refuse = (what) => invalid(what, options);
  refuseManyIterations(bytes, form, refuse);
  if (form === 'pkcs12') {
    return isPkcs12(childrenOf(tryReadElement(bytes)))
      ? openPkcs12(bytes, options.password, refuse)
      : undefined;
  }
  const count = form === 'pem' ? privateKeysIn(bytes).length : 1;
  if (count > 1) {
    throw refuse(
      `holds ${count} private keys; it must hold one: leave only the key to import there`,
    );
  }
  return tryParsePrivateKey(bytes, form, options.password, refuse);
}

function openPkcs12(content: Buffer, password: Secret | undefined, refuse: Refuse): PrivateKey {
  const { privateKeyOfPkcs12 } = require('./pkcs12') as typeof import('./pkcs12');
  const opened = privateKeyOfPkcs12(content, password);
  if ('refusal' in opened) {
    throw refuse(opened.refusal);
  }
  const { pkcs8 } = opened;
  try {
    const key = tryParsePrivateKey(pkcs8, 'der', undefined, refuse);
    if (key === undefined) {
      const inside = nameOf(pkcs8, false) ?? 'no private key';
      throw refuse((spelling) => `cannot be opened as pkcs12: inside is ${say(inside, spelling)}`);
    }
    return key;
  } finally {
    pkcs8.fill(0);
  }
}

function tryName(content: Buffer, { password }: ContentOptions): Phrase | undefined {
  return nameOf(content, password !== undefined);
}

function nameOf(content: Buffer, hasPassword: boolean): Phrase | undefined {
  const { tryNameContent } = require('./name-content') as typeof import('./name-content');
  return tryNameContent(content, hasPassword);
}

/** @param what it is */
function closed(what: Phrase, options: ContentOptions): ByokError {
  return invalid(
    (spelling) => `cannot be opened as ${options.encoding}: it is ${say(what, spelling)}`,
    options,
  );
}

/** @param what follows "the key material in …" */
function invalid(
  what: Phrase,
  { attribute, source, spelling = plainSpelling }: ContentOptions,
): ByokError {
  return new ByokError(
    'ERR_MATERIAL_INVALID',
    `the key material in ${source} ${say(what, spelling)}`,
    { attribute },
  );
}
