/**
 * Names a file that holds no private key in a form that we can open, by its first bytes or by the
 * label of a PEM, and gives the command that converts it. Messages hold nothing of the content but
 * names from the tables here. Loaded only if something could not be opened.
 */
import { getCipherInfo } from 'node:crypto';
import { type Phrase, say } from '../terms/setting';
import { hasCipher } from './encryption';
import { nameEncrypted, noPrivateKey, ofNoSpec, tryNameDer } from './name-der';
import { encryptionOf, type PemBlock, pemBlocksIn, privateKeysIn, tryDecodeBlock } from './pem';

const makeOne =
  'make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out NEW.pem';
const openPgp = `an OpenPGP private key, which OpenSSL cannot convert; ${makeOne}`;
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

/** By the labels of RFC 7468, and of programs that have their own. */
const labels: readonly (readonly [label: RegExp, name: Phrase])[] = [
  [/^(?:X509 |TRUSTED )?CERTIFICATE$/, `a certificate (X.509), ${noPrivateKey}`],
  [/^(?:NEW )?CERTIFICATE REQUEST$/, `a certificate request (CSR), ${noPrivateKey}`],
  [/^X509 CRL$/, `a revocation list (CRL), ${noPrivateKey}`],
  [/^PGP PRIVATE KEY BLOCK$/, openPgp],
  [/^PGP PUBLIC KEY BLOCK$/, `an OpenPGP public key, ${noPrivateKey}`],
  [/^PGP MESSAGE$/, 'encrypted with OpenPGP; decrypt it first: gpg --decrypt FILE > NEW'],
  [/PUBLIC KEY$/, `a public key, ${noPrivateKey}`],
  [/^(?:PKCS7|PKCS #7 SIGNED DATA|CMS)$/, `PKCS#7 (CMS), ${noPrivateKey}`],
  [
    /^EC PARAMETERS$/,
    'the parameters of a curve (EC PARAMETERS) without a key; make both: openssl ecparam -name prime256v1 -genkey -noout -out NEW.pem',
  ],
  [/^(?:X9\.42 )?DH PARAMETERS$/, `parameters of Diffie-Hellman (DH PARAMETERS), ${noPrivateKey}`],
  [/^DSA PARAMETERS$/, `parameters of DSA (DSA PARAMETERS), ${noPrivateKey}`],
  [
    /^(?:PKCS12|PFX)$/,
    ({ name }) =>
      'a PKCS#12 file in PEM, as GnuTLS writes it; convert it: grep -v -e ----- FILE > NEW, ' +
      `and set ${name('materialEncoding')} to "base64"`,
  ],
  [
    /^AGE ENCRYPTED FILE$/,
    'encrypted with age; decrypt it first: age --decrypt -i IDENTITY FILE > NEW',
  ],
];

/** Labels of private keys in forms other than PKCS#8, PKCS#1 or SEC 1. */
const privateLabels: readonly (readonly [label: RegExp, name: Phrase])[] = [
  [
    /^ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY$/,
    `a private key of Cosign (Sigstore), which no other program opens; ${makeOne}`,
  ],
  [/^TSS2 PRIVATE KEY$/, `a private key of a TPM (TSS2), which it leaves in no form; ${makeOne}`],
  [
    /^NEBULA /,
    ({ name }) => `a private key of Nebula, which no ${name('keySpec')} takes; ${makeOne}`,
  ],
];

const sshTypes = [
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
];
const hardwareTypes = ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'];

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
    return (
      labels.find(([label]) => label.test(block.label))?.[1] ??
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

/** A PEM whose label says that it is a private key. */
function nameUnopened(block: PemBlock, hasPassword: boolean): Phrase {
  if (block.body === undefined) {
    return (
      'cut off: its line "-----END ' +
      `${/^(?:(?:ENCRYPTED|RSA|EC|DSA|OPENSSH) )?PRIVATE KEY$/.test(block.label) ? block.label : '…'}-----" ` +
      'is missing; get a complete copy from where it was made'
    );
  }
  const cipher = encryptionOf(block);
  if (cipher !== undefined) {
    const isKnown = getCipherInfo(cipher.toLowerCase()) !== undefined;
    const encryption = {
      name: isKnown ? cipher.toUpperCase() : 'of an unknown cipher',
      isHere: hasCipher(cipher),
    };
    return nameEncrypted(encryption, hasPassword, 'openssl pkcs8 -topk8');
  }
  const named = privateLabels.find(([label]) => label.test(block.label))?.[1];
  if (named !== undefined) {
    return named;
  }
  const der = tryDecodeBlock(block);
  if (der === undefined) {
    return 'PEM with characters other than Base64 between its BEGIN and END lines; get an undamaged copy from where it was made';
  }
  try {
    const name = block.label.startsWith('OPENSSH')
      ? nameOpenSsh(der)
      : tryNameDer(der, hasPassword, 'openssl pkcs8 -topk8');
    return (
      name ??
      'PEM that is damaged: there is no private key between its BEGIN and END lines; get an undamaged copy from where it was made'
    );
  } finally {
    der.fill(0);
  }
}

/**
 * PROTOCOL.key of OpenSSH: after the magic come the cipher, the derivation of its key with
 * parameters, the number of keys, and the first public key.
 */
function nameOpenSsh(der: Buffer): Phrase {
  let at = 'openssh-key-v1\0'.length;
  const next = () => {
    const length = at + 4 <= der.length ? der.readUInt32BE(at) : 0;
    const field = der.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  const [cipher] = [next(), next(), next()];
  at += 4;
  const publicKey = next();
  const type = [...sshTypes, ...hardwareTypes].find(
    (name) =>
      publicKey.subarray(4, 4 + name.length).equals(Buffer.from(name)) &&
      publicKey[3] === name.length,
  );
  const isEncrypted = !Buffer.from('none').equals(cipher ?? Buffer.alloc(0));
  const name =
    'an OpenSSH private key ' +
    `(${[type, isEncrypted ? 'encrypted' : 'not encrypted'].filter((part) => part !== undefined).join(', ')})`;
  if (type === 'ssh-ed25519' || hardwareTypes.includes(type ?? '')) {
    const noSpec = ofNoSpec(type === 'ssh-ed25519' ? 'Ed25519' : 'bound to a security key');
    return (spelling) => `${name}: ${say(noSpec, spelling)}`;
  }
  return `${name}; convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY`;
}

function namePutty(text: Buffer): string {
  const version = text.toString(
    'latin1',
    'PuTTY-User-Key-File-'.length,
    'PuTTY-User-Key-File-'.length + 1,
  );
  const head = text.toString('latin1', 0, 512);
  const type = sshTypes.find((name) => head.includes(`: ${name}`));
  const encryption = /Encryption: *none/.test(head) ? 'not encrypted' : 'encrypted';
  const details = [/^[1-9]$/.test(version) ? `version ${version}` : undefined, type, encryption]
    .filter((part) => part !== undefined)
    .join(', ');
  return `a PuTTY private key (.ppk, ${details}); convert it: puttygen FILE -O private-openssh -o NEW.pem`;
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
