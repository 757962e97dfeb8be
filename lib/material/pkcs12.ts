/**
 * PKCS#12 files (.p12, .pfx; RFC 7292), which Node itself cannot open. Loaded only for such a file:
 * node-forge, which one old cipher needs, is larger than everything else in the provider.
 */
import { createHash, createHmac, getHashes, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../secret';
import type { Phrase, Spelling } from '../terms/setting';
import {
  childrenOf,
  type DerElement,
  derTags,
  elementsOf,
  tryReadElement,
  tryReadInteger,
  tryReadOid,
} from './der';
import { algorithmOf, oids, tryFindDigest } from './encryption';
import { DerivationWork, TooManyIterations } from './iterations';
import {
  deriveKey,
  deriveOld,
  maxDerivedBytes,
  NotHere,
  type PasswordBytes,
  purposes,
  readOldParameters,
  tryDecrypt,
} from './password-based';

/** The key, or why there is none, in words that follow "the key material in …". */
export type OpenedPkcs12 = { readonly pkcs8: Buffer } | { readonly refusal: Phrase };

const contentTypes = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
} as const;

const bagTypes: Readonly<
  Record<string, 'key' | 'shrouded' | 'certificate' | 'list' | 'secret' | 'nested'>
> = {
  '1.2.840.113549.1.12.10.1.1': 'key',
  '1.2.840.113549.1.12.10.1.2': 'shrouded',
  '1.2.840.113549.1.12.10.1.3': 'certificate',
  '1.2.840.113549.1.12.10.1.4': 'list',
  '1.2.840.113549.1.12.10.1.5': 'secret',
  '1.2.840.113549.1.12.10.1.6': 'nested',
};

const toPem = ({ name }: Spelling) =>
  `convert it: openssl pkcs12 -legacy -in FILE -nocerts -out NEW.pem, and set ${name('materialEncoding')} to "pem"`;

/** What is in a file, with this password. */
interface Contents {
  /** PKCS#8 DER, each a copy. */
  readonly keys: Buffer[];
  certificates: number;
  secrets: number;
}

/**
 * @param content wiped if it held a key unencrypted
 * @param password undefined and empty passwords are both tried as empty and as absent, as files
 *   from Azure need it
 */
export function privateKeyOfPkcs12(content: Buffer, password: Secret | undefined): OpenedPkcs12 {
  const file = tryReadElement(content);
  const [, authSafe, macData] = childrenOf(file);
  const [contentType, wrapped] = childrenOf(authSafe);
  const safes = octetsOf(tryReadElement(wrapped?.content ?? Buffer.alloc(0)));
  if (file === undefined || tryReadOid(contentType) !== contentTypes.data || safes === undefined) {
    return {
      refusal: (spelling) =>
        `is a PKCS#12 file that is damaged, or protected by a signature instead of a password; ${toPem(spelling)}`,
    };
  }
  const behind = content.subarray(file.whole.length).toString('latin1').trim().length;
  if (behind > 0) {
    return {
      refusal: `has ${behind} bytes after the end of its PKCS#12 file; remove them`,
    };
  }
  try {
    const spellings = spellingsOf(password).filter(
      (spelling) => macData === undefined || isMacOf(macData, safes, spelling),
    );
    for (const spelling of spellings) {
      const contents = tryReadSafes(safes, spelling);
      if (contents !== undefined) {
        return onlyKeyOf(contents);
      }
    }
    return { refusal: closed(password) };
  } catch (error) {
    if (error instanceof TooManyIterations) {
      return { refusal: error.message };
    }
    if (error instanceof NotHere) {
      return {
        refusal: (spelling) =>
          `is a PKCS#12 file protected by ${error.message}, which this program does not have; ${toPem(spelling)}`,
      };
    }
    throw error;
  }
}

function closed(password: Secret | undefined): Phrase {
  return password === undefined
    ? ({ name }) =>
        `cannot be opened as pkcs12: it is protected by a password, but no password was given; give it by ${name('materialPassword')}`
    : ({ name }) =>
        'cannot be opened as pkcs12: the given password is wrong, or the file is damaged; ' +
        `give the right password by ${name('materialPassword')}`;
}

function onlyKeyOf({ keys, certificates, secrets }: Contents): OpenedPkcs12 {
  const [only, ...others] = keys;
  if (only !== undefined && others.length === 0) {
    return { pkcs8: only };
  }
  wipe(keys);
  if (only !== undefined) {
    return {
      refusal: `holds ${keys.length} private keys; it must hold one: leave only the key to import there`,
    };
  }
  const found = ({ name }: Spelling) =>
    [
      [certificates, 'certificates'],
      [
        secrets,
        `secret keys, which are not private keys: give the bytes of the one to import with ${name('materialEncoding')} = "base64"`,
      ],
    ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return {
    refusal: (spelling) =>
      'is a PKCS#12 file that holds no private key, but ' +
      `${found(spelling).join(' and ') || 'nothing'}; export it together with its private key`,
  };
}

/**
 * Two spellings of an absent password; two of one with accents, which old versions of OpenSSL took
 * byte by byte.
 */
function spellingsOf(password: Secret | undefined): readonly PasswordBytes[] {
  const octets = password?.reveal() ?? Buffer.alloc(0);
  const bmpOf = (text: string) => Buffer.from(`${text}\0`, 'utf16le').swap16();
  if (octets.length === 0) {
    return [
      { octets, bmp: bmpOf(''), work: new DerivationWork() },
      { octets, bmp: octets, work: new DerivationWork() },
    ];
  }
  const [right, byteByByte] = [bmpOf(octets.toString('utf8')), bmpOf(octets.toString('latin1'))];
  return (right.equals(byteByByte) ? [right] : [right, byteByByte]).map((bmp) => ({
    octets,
    bmp,
    work: new DerivationWork(),
  }));
}

/**
 * MacData, whose algorithm is a digest, or PBMAC1 (RFC 9579).
 * @throws NotHere, TooManyIterations
 */
function isMacOf(macData: DerElement, safes: Buffer, password: PasswordBytes): boolean {
  const [digestInfo, ...saltAndCount] = childrenOf(macData);
  const [algorithm, value] = childrenOf(digestInfo);
  const { oid, parameters } = algorithmOf(algorithm);
  const [derivation, scheme] = oid === oids.pbmac1 ? childrenOf(parameters) : [];
  const named = oid === oids.pbmac1 ? algorithmOf(scheme).oid : oid;
  const digest = tryFindDigest(named);
  if (digest === undefined || !getHashes().includes(digest)) {
    throw new NotHere(`a MAC of object identifier ${named}`);
  }
  const size = createHash(digest).digest().length;
  if (value?.content.length !== size) {
    return false;
  }
  const key =
    oid === oids.pbmac1
      ? keyOfPbmac1(derivation, size, password)
      : keyOfMac(digest, saltAndCount, size, password);
  return timingSafeEqual(createHmac(digest, key).update(safes).digest(), value.content);
}

function keyOfPbmac1(
  derivation: DerElement | undefined,
  size: number,
  password: PasswordBytes,
): Buffer {
  const keyBytes = tryReadInteger(childrenOf(algorithmOf(derivation).parameters)[2]) ?? size;
  if (keyBytes > maxDerivedBytes) {
    throw new NotHere(`a MAC whose key has ${keyBytes} bytes`);
  }
  return deriveKey(derivation, keyBytes, password);
}

function keyOfMac(
  digest: string,
  saltAndCount: readonly DerElement[],
  size: number,
  password: PasswordBytes,
): Buffer {
  const { salt, iterations } = readOldParameters(saltAndCount, password);
  return deriveOld(digest, purposes.mac, salt, iterations, password.bmp, size);
}

/**
 * Undefined if the password is wrong.
 * @throws NotHere
 */
function tryReadSafes(safes: Buffer, password: PasswordBytes): Contents | undefined {
  const contents: Contents = { keys: [], certificates: 0, secrets: 0 };
  const [asTheyAre, decrypted]: [Buffer[], Buffer[]] = [[], []];
  for (const safe of childrenOf(tryReadElement(safes))) {
    const [contentType, wrapped] = childrenOf(safe);
    const inner = tryReadElement(wrapped?.content ?? Buffer.alloc(0));
    const isEncrypted = tryReadOid(contentType) === contentTypes.encryptedData;
    if (!isEncrypted && tryReadOid(contentType) !== contentTypes.data) {
      throw new NotHere('the public key of a certificate');
    }
    const bags = isEncrypted ? tryDecryptSafe(inner, password) : octetsOf(inner);
    const isRead = bags !== undefined && readBags(tryReadElement(bags), password, contents);
    if (bags !== undefined) {
      (isEncrypted ? decrypted : asTheyAre).push(bags);
    }
    if (!isRead) {
      wipe([...contents.keys, ...decrypted]);
      return undefined;
    }
  }
  wipe([...asTheyAre, ...decrypted]);
  return contents;
}

/** EncryptedData */
function tryDecryptSafe(data: DerElement | undefined, password: PasswordBytes): Buffer | undefined {
  const [, algorithm, encrypted] = childrenOf(childrenOf(data)[1]);
  return tryDecrypt(algorithm, octetsOf(encrypted) ?? Buffer.alloc(0), password);
}

/** @returns false if the password is wrong */
function readBags(
  bags: DerElement | undefined,
  password: PasswordBytes,
  contents: Contents,
): boolean {
  return (
    bags?.tag === derTags.sequence &&
    childrenOf(bags).every((bag) => {
      const [bagType, wrapped] = childrenOf(bag);
      const value = tryReadElement(wrapped?.content ?? Buffer.alloc(0));
      switch (bagTypes[tryReadOid(bagType) ?? '']) {
        case 'key':
          contents.keys.push(Buffer.from(value?.whole ?? []));
          return true;
        case 'shrouded': {
          const [algorithm, encrypted] = childrenOf(value);
          const key = tryDecrypt(algorithm, octetsOf(encrypted) ?? Buffer.alloc(0), password);
          const isKey = key !== undefined && elementsOf(key)[0]?.tag === derTags.sequence;
          contents.keys.push(...(isKey ? [key] : []));
          return isKey;
        }
        case 'nested':
          return readBags(value, password, contents);
        case 'certificate':
          contents.certificates += 1;
          return true;
        case 'secret':
          contents.secrets += 1;
          return true;
        default:
          return true;
      }
    })
  );
}

/** In BER an octet string may come in pieces; an implicit tag hides which of the two it is. */
function octetsOf(element: DerElement | undefined): Buffer | undefined {
  const constructed = 0x20;
  if (element === undefined || (element.tag & constructed) === 0) {
    return element?.content;
  }
  return Buffer.concat(childrenOf(element).map((piece) => octetsOf(piece) ?? Buffer.alloc(0)));
}

function wipe(secrets: readonly Buffer[]): void {
  for (const secret of secrets) {
    secret.fill(0);
  }
}
