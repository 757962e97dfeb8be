/**
 * Names a file that holds no private key in a form that we can open, by its first bytes or by the
 * label of a PEM, and gives the command that converts it. Messages hold nothing of the content but
 * names from the tables here. Loaded only if something could not be opened.
 */
import type { Phrase } from '../terms/setting';
import { tryFindContainer } from './container';
import { noPrivateKey, tryNameDer } from './name-der';
import { labels, makeOne, nameUnopened, openPgp } from './name-pem';
import { hardwareTypes, nameOpenSsh, namePutty, sshTypes } from './name-ssh';
import { pemBlocksIn, privateKeysIn, tryDecodeBlock } from './pem';

/** @param options of keytool, for this kind of file */
const javaStore =
  (kind: string, options = ''): Phrase =>
  ({ name }) =>
    `a Java keystore (${kind}); convert it: keytool -importkeystore -srckeystore ` +
    `FILE${options} -destkeystore NEW.p12 -deststoretype PKCS12, and set ` +
    `${name('materialEncoding')} to "pkcs12"`;
const jwkToPem =
  `node -p 'crypto.createPrivateKey({ key: JSON.parse(fs.readFileSync("FILE")), format: "jwk" ` +
  `}).export({ type: "pkcs8", format: "pem" })' > NEW.pem`;
const jwkToBase64 = `node -p 'Buffer.from(JSON.parse(fs.readFileSync("FILE")).k, "base64url").toString("base64")' > NEW.key`;

/** A name, or a function that finds it in the content. */
type Name = Phrase | { readonly find: (content: Buffer) => Phrase | undefined };

type Start = readonly [starts: readonly (string | Buffer)[], name: Name];

const bytes = (hex: string) => Buffer.from(hex, 'hex');

/** By what they start with, after white space and a UTF-8 mark. */
const starts: readonly Start[] = [
  [['PuTTY-User-Key-File-'], { find: namePutty }],
  [['---- BEGIN SSH2 PUBLIC KEY'], `a public key of SSH, ${noPrivateKey}`],
  [
    ['---- BEGIN SSH2 '],
    'a private key of SSH (SSH2); convert it: ssh-keygen -i -f FILE > NEW.pem',
  ],
  [
    [...sshTypes, ...hardwareTypes].map((type) => `${type} `),
    `a public key of OpenSSH, ${noPrivateKey}`,
  ],
  [['{', '['], { find: nameJson }],
  [
    ['<RSAKeyValue', '<?xml'],
    'XML, as .NET writes keys; export the key there with ExportPkcs8PrivateKeyPem',
  ],
  [['<'], 'a web page or other markup, not a key; check what was downloaded'],
  [
    ['$ANSIBLE_VAULT'],
    'encrypted with Ansible Vault; decrypt it first: ansible-vault decrypt --output NEW FILE',
  ],
  [
    ['vault:v'],
    'a ciphertext of Vault; decrypt it first: vault write -field=plaintext transit/decrypt/KEY ciphertext=@FILE',
  ],
  [
    ['AGE-SECRET-KEY-'],
    ({ name }) => `a key of age, which no ${name('keySpec')} takes; ${makeOne}`,
  ],
  [
    ['age-encryption.org/'],
    'encrypted with age; decrypt it first: age --decrypt -i IDENTITY FILE > NEW',
  ],
  [
    ['version https://git-lfs'],
    'a Git LFS pointer instead of the file; fetch the file: git lfs pull',
  ],
  [[bytes('004749544352595054')], 'encrypted with git-crypt; decrypt it first: git-crypt unlock'],
  [
    [bytes('fffe0000'), bytes('0000feff')],
    'text in UTF-32; convert it: iconv -f UTF-32 -t UTF-8 FILE > NEW',
  ],
  [
    [bytes('2d002d00')],
    'PEM in UTF-16 without a mark; convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW',
  ],
  [
    [bytes('002d002d')],
    'PEM in UTF-16 without a mark; convert it: iconv -f UTF-16BE -t UTF-8 FILE > NEW',
  ],
  [
    [bytes('fffe'), bytes('feff')],
    'text in UTF-16, as PowerShell writes it; convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW',
  ],
  [[bytes('feedfeed')], javaStore('JKS')],
  [[bytes('cececece')], javaStore('JCEKS', ' -srcstoretype JCEKS')],
  [
    [bytes('1ef1b5b0')],
    'a private key of Windows (PVK); convert it: openssl rsa -inform PVK -in FILE -out NEW.pem',
  ],
  [
    [bytes('0702000000a40000')],
    'a private key of Windows (PRIVATEKEYBLOB); convert it: openssl rsa -inform MSBLOB -in FILE -out NEW.pem',
  ],
  [[bytes('1f8b08')], 'compressed with gzip; unpack it first: gunzip < FILE > NEW'],
  [[bytes('504b0304')], 'a ZIP archive; unpack it first'],
  [[bytes('6f70656e7373682d6b65792d763100')], { find: nameOpenSsh }],
];

/**
 * @param hasPassword whether one was given
 * @returns what follows "it is"; undefined if nothing here recognizes it
 */
export function tryNameContent(content: Buffer, hasPassword: boolean): Phrase | undefined {
  const [key] = privateKeysIn(content);
  if (key !== undefined) {
    return nameUnopened(key, hasPassword);
  }
  const [block] = pemBlocksIn(content);
  if (block !== undefined) {
    // Programs write PKCS#12 between the lines of a certificate, too.
    const isPkcs12 = tryFindContainer(tryDecodeBlock(block) ?? Buffer.of()) === 'pkcs12';
    const named = isPkcs12 ? 'PKCS12' : block.label;
    return (
      labels.find(([label]) => label.test(named))?.[1] ??
      'PEM of something other than a private key'
    );
  }
  const text = content.subarray(startOf(content));
  const [, name] =
    starts.find(([all]) =>
      all.some((start) => text.subarray(0, start.length).equals(Buffer.from(start))),
    ) ?? [];
  const found = typeof name === 'object' ? name.find(text) : name;
  return found ?? tryNameOpenPgp(content) ?? tryNameDer(content, hasPassword);
}

/** Not parsed, because strings cannot be wiped. */
function nameJson(text: Buffer): Phrase | undefined {
  const has = (name: string) => text.includes(`"${name}"`);
  if (has('kty')) {
    const isSet = has('keys');
    const kind = isSet ? 'JSON Web Keys (JWKS)' : 'a JSON Web Key (JWK)';
    if (isSet) {
      return `${kind}; take the one to import out of its "keys" into a FILE, and convert that: ${has('k') ? jwkToBase64 : jwkToPem}`;
    }
    if (has('k')) {
      return ({ name }) =>
        `${kind} of a symmetric key; convert it: ${jwkToBase64}, and set ${name('materialEncoding')} to "base64"`;
    }
    return has('d')
      ? ({ name }) =>
          `${kind}; convert it: ${jwkToPem}, and set ${name('materialEncoding')} to "pem"`
      : `${kind} of a public key, ${noPrivateKey}`;
  }
  if (has('sops')) {
    return 'encrypted with SOPS; decrypt it first: sops --decrypt FILE > NEW';
  }
  return has('ciphertext') && has('protected')
    ? 'encrypted (JWE); decrypt it first where it was made'
    : 'JSON; give the field alone that holds the key, for example: jq -r .private_key FILE > NEW.pem';
}

/** RFC 9580, section 4.2: the tag of the first packet, its length, and a version. */
function tryNameOpenPgp(content: Buffer): string | undefined {
  const first = content[0] ?? 0;
  const isNew = (first & 0xc0) === 0xc0;
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
  const isLong = (content[1] ?? 0) === 0xff;
  const lengthBytes = isNew ? ((content[1] ?? 0) < 192 ? 1 : isLong ? 5 : 2) : 1 << (first & 3);
  const version = content[1 + lengthBytes] ?? 0;
  if (first < 0x80 || version < 3 || version > 6) {
    return undefined;
  }
  const names: Readonly<Record<number, string>> = {
    1: 'encrypted with OpenPGP; decrypt it first: gpg --decrypt FILE > NEW',
    3: 'encrypted with OpenPGP; decrypt it first: gpg --decrypt FILE > NEW',
    5: openPgp,
    6: `an OpenPGP public key, ${noPrivateKey}`,
  };
  return names[tag];
}

/** After white space and the mark that Windows editors set before UTF-8. */
function startOf(content: Buffer): number {
  const mark = content.subarray(0, 3).equals(bytes('efbbbf')) ? 3 : 0;
  const start = content.subarray(mark).findIndex((byte) => byte > 0x20 || byte === 0);
  return start === -1 ? content.length : mark + start;
}
