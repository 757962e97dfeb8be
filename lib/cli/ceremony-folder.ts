/**
 * The folder of a ceremony: what `start` writes and `finish` reads. It never holds key material in
 * clear.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByokError } from '../errors';
import { tryParseRecord } from '../json';
import type { ImportParameters } from '../kms/model';
import type { PreWrapped } from '../material/pre-wrapped';
import { makeFolder } from '../mirror/place-file';
import { formatInstant, parseExpirationTime } from '../terms/expiration-time';
import {
  formats,
  isAsymmetric,
  type KeySpec,
  keySpecs,
  type WrappingAlgorithm,
  wrappingAlgorithmNames,
} from '../terms/kms';
import { faultOf, readFault, writeFault } from './file-fault';
import { tryReadRegular } from './given-files';
import {
  encryptedMaterialFile,
  encryptedPrivateKeyFile,
  plaintextFiles,
  publicKeyFile,
} from './offline-commands';
import { type FieldContent, openWrappedFields } from './wrapped-fields';

/** The content of ceremony.json; no secret. */
export interface Ceremony {
  readonly key_id: string;
  readonly key_spec: KeySpec;
  readonly wrapping_algorithm: WrappingAlgorithm;
  /** When the token expires, RFC 3339. */
  readonly parameters_expire: string;
  /** Digest of PublicKey.bin, in hex: both machines compare it. */
  readonly public_key_sha256: string;
}

const ceremonyFile = 'ceremony.json';
const tokenFile = 'ImportToken.b64';

/** Names under which a wrapped private key may come back; HSMs use the second. */
const encryptedPrivateKeyFiles = [encryptedPrivateKeyFile, 'EncryptedPrivateKey.bin'];

/** @throws ByokError ERR_ARGUMENT if the folder is not empty */
export function requireNewFolder(folder: string): void {
  if (namesIn(folder).length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the folder "${folder}" is not empty; name a new --out-dir for each ceremony`,
    );
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const file = { flag: '--out-dir', path: folder };
    throw code === 'ENOTDIR'
      ? faultOf(file, 'is no folder; give the path of a new or empty one')
      : readFault(file, error);
  }
}

/**
 * Writes files that only the owner may read.
 * @returns the content of ceremony.json
 * @throws ByokError ERR_ARGUMENT
 */
export function writeCeremony(
  folder: string,
  subject: Pick<Ceremony, 'key_id' | 'key_spec' | 'wrapping_algorithm'>,
  { importToken, publicKey, expirationTime }: ImportParameters,
): Ceremony {
  const ceremony: Ceremony = {
    ...subject,
    parameters_expire: formatInstant(expirationTime),
    public_key_sha256: createHash('sha256').update(publicKey).digest('hex'),
  };
  writing(folder, () => makeFolder(folder, 0o700));
  // "wx": if someone put a file or a link there in the meantime, it does not receive the token.
  const write = (name: string, content: string | Buffer) =>
    writing(join(folder, name), () =>
      writeFileSync(join(folder, name), content, { mode: 0o600, flag: 'wx' }),
    );
  write(publicKeyFile, publicKey);
  write(
    'PublicKey.pem',
    createPublicKey({ key: publicKey, format: 'der', type: 'spki' }).export({
      type: 'spki',
      format: 'pem',
    }),
  );
  write(tokenFile, `${importToken.revealText()}\n`);
  write(ceremonyFile, `${JSON.stringify(ceremony, undefined, 2)}\n`);
  return ceremony;
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw writeFault({ flag: '--out-dir', path }, error);
  }
}

/**
 * @throws ByokError ERR_ARGUMENT, ERR_REFUSED, ERR_MATERIAL_NOT_AT_HAND, ERR_MATERIAL_INVALID; each
 *   names its file
 */
export function readCeremony(folder: string): {
  readonly ceremony: Ceremony;
  readonly preWrapped: PreWrapped;
} {
  const text = tryRead(folder, ceremonyFile)?.content.toString('utf8');
  if (text === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the folder "${folder}" holds no ${ceremonyFile}; name the --dir that "byok ceremony start" made`,
    );
  }
  refusePlaintext(folder);
  const ceremony = parseCeremony(text, folder);
  const privateKeys = encryptedPrivateKeyFiles.flatMap((name) => tryRead(folder, name) ?? []);
  const [encryptedPrivatekey, second] = privateKeys;
  if (second !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the folder "${folder}" holds both ${encryptedPrivateKeyFiles.join(' and ')}; leave only the one to import`,
    );
  }
  if (isAsymmetric(ceremony.key_spec) && encryptedPrivatekey === undefined) {
    throw missing(folder, encryptedPrivateKeyFile);
  }
  if (!isAsymmetric(ceremony.key_spec) && encryptedPrivatekey !== undefined) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `${encryptedPrivatekey.place} is a wrapped private key, but key ${ceremony.key_id} is ` +
        `${ceremony.key_spec}; bring back what belongs to this ceremony`,
    );
  }
  const fields = {
    importToken: read(folder, tokenFile),
    encryptedKeyMaterial: read(folder, encryptedMaterialFile),
    encryptedPrivatekey,
  };
  return { ceremony, preWrapped: openWrappedFields(fields) };
}

/**
 * A key is bound to its material for ever, so the material should not have been on a connected
 * machine.
 */
function refusePlaintext(folder: string): void {
  const found = plaintextFiles.filter((name) => existsSync(join(folder, name)));
  if (found.length > 0) {
    throw new ByokError(
      'ERR_REFUSED',
      `${found.join(', ')} in "${folder}" is key material in clear, which belongs only on the ` +
        'offline machine; before you finish, remove it from here and consider who could have ' +
        'read it',
    );
  }
}

const textFields: Readonly<Record<keyof Ceremony, (value: string) => boolean>> = {
  key_id: (value) => new RegExp(formats.keyId).test(value),
  key_spec: (value) => Object.hasOwn(keySpecs, value),
  wrapping_algorithm: (value) => (wrappingAlgorithmNames as readonly string[]).includes(value),
  parameters_expire: (value) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && parseExpirationTime(value) !== undefined,
  public_key_sha256: (value) => /^[0-9a-f]{64}$/.test(value),
};

function parseCeremony(text: string, folder: string): Ceremony {
  const content = tryParseRecord(text);
  const wrong = Object.entries(textFields).find(([name, allows]) => {
    const value = content?.[name];
    return typeof value !== 'string' || !allows(value);
  });
  if (content === undefined || wrong !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${ceremonyFile} in "${folder}" is not as "byok ceremony start" wrote ` +
        `it${wrong === undefined ? '' : ` (${wrong[0]})`}; start another ceremony`,
    );
  }
  return content as unknown as Ceremony;
}

function read(folder: string, name: string): FieldContent {
  const found = tryRead(folder, name);
  if (found === undefined) {
    throw missing(folder, name);
  }
  return found;
}

function missing(folder: string, name: string): ByokError {
  return new ByokError(
    'ERR_MATERIAL_NOT_AT_HAND',
    `${name} is not in "${folder}"; bring it back from the offline machine first`,
  );
}

function tryRead(folder: string, name: string): FieldContent | undefined {
  const path = join(folder, name);
  const content = tryReadRegular({ flag: '--dir', path });
  return content === undefined ? undefined : { content, place: `file "${path}"` };
}
