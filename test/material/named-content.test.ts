/**
 * What holds no private key in a form that can be opened is told by its name, with the command that
 * converts it; the command is run. The password is blamed only where it is wrong.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isByokError } from '../../lib/errors';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { type MaterialEncoding, materialEncodings } from '../../lib/terms/material';
import { scratchFolder } from '../support/scratch-folder';
import { isInstalled, openssl } from '../support/tools';

const scratch = scratchFolder();
const passphrase = 'open sesame';

function file(name: string, content: Buffer | string): string {
  const path = join(scratch, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const key = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
const keyFile = file('key.pem', key);
const rsa = openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048');

const fingerprintOf = (pem: Buffer) =>
  `sha256:${createHash('sha256').update(openssl('pkey -pubout -outform DER', pem)).digest('hex')}`;

function open(content: Buffer | string, encoding: MaterialEncoding, password: string | undefined) {
  return openContent(Buffer.from(content), {
    encoding,
    password: password === undefined ? undefined : Secret.fromText(password),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "k"',
  });
}

/** What follows "the key material in …"; fails when it is opened. */
function refusalOf(
  content: Buffer | string,
  encoding: MaterialEncoding = 'pem',
  password?: string,
): string {
  try {
    open(content, encoding, password).checkFits(undefined);
  } catch (error) {
    if (!isByokError(error) || error.code !== 'ERR_MATERIAL_INVALID') {
      throw error;
    }
    return error.message.replace('the key material in file "k" ', '');
  }
  throw new Error('it was opened');
}

/**
 * As a shell runs what follows "convert it:", up to the comma behind it; what asks for a password
 * is given one.
 */
function convert(
  sentence: string,
  content: Buffer | string,
  replaced: readonly (readonly [string, string])[] = [],
): Buffer {
  const folder = mkdtempSync(join(scratch, 'convert-'));
  writeFileSync(join(folder, 'FILE'), content, { mode: 0o600 });
  copyFileSync(join(folder, 'FILE'), join(folder, 'COPY'));
  const [, command = ''] =
    /(?:convert|decrypt|make|unpack)[a-z ]*: (.*?)(?:, and set material_encoding.*)?$/s.exec(
      sentence,
    ) ?? [];
  const line = replaced.reduce((text, [from, to]) => text.replace(from, to), command);
  execFileSync('sh', ['-c', line], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  return readFileSync(
    join(folder, line.includes('COPY') ? 'COPY' : (/NEW\S*/.exec(line)?.[0] ?? '')),
  );
}

const hasSsh = isInstalled('ssh-keygen');
const ssh = hasSsh ? describe : describe.skip;

ssh('OpenSSH', () => {
  const make = (name: string, type: string, password: string) => {
    execFileSync('ssh-keygen', [
      '-q',
      ...type.split(' '),
      '-N',
      password,
      '-C',
      'orders',
      '-f',
      join(scratch, name),
    ]);
    return readFileSync(join(scratch, name));
  };

  test.each([
    ['-t ecdsa -b 256', 'ecdsa-sha2-nistp256'],
    ['-t rsa -b 2048', 'ssh-rsa'],
  ])('a private key, %s', (type, name) => {
    const plain = make(`plain-${name}`, type, '');
    const sentence = `cannot be opened as pem: it is an OpenSSH private key (${name}, not encrypted); convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY`;
    expect(refusalOf(plain)).toBe(sentence);
    expect(refusalOf(plain, 'pem', 'needless')).toBe(sentence);
    const pem = convert(sentence, plain, [['COPY', "COPY -P '' -N ''"]]);
    expect(open(pem, 'pem', undefined).fingerprint).toBe(fingerprintOf(pem));
  });

  test('one with a passphrase, right or wrong or not given', () => {
    const encrypted = make('encrypted', '-t rsa -b 2048', passphrase);
    const sentence = refusalOf(encrypted);
    expect(sentence).toContain(
      'it is an OpenSSH private key (ssh-rsa, encrypted); convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY',
    );
    expect(refusalOf(encrypted, 'pem', passphrase)).toBe(sentence);
    expect(refusalOf(encrypted, 'pem', 'wrong')).toBe(sentence);
    const pem = convert(sentence, encrypted, [
      ['COPY', `COPY -P '${passphrase}' -N '${passphrase}'`],
    ]);
    expect(open(pem, 'pem', passphrase).isPrivateKey).toBe(true);
  });

  test('Ed25519, which no conversion makes fit', () => {
    expect(refusalOf(make('ed25519', '-t ed25519', ''))).toMatch(
      /OpenSSH private key \(ssh-ed25519, not encrypted\): .*which no key_spec takes; allowed are/,
    );
  });

  test('a public key, on its line and in a file of SSH2', () => {
    make('public', '-t rsa -b 2048', '');
    const line = readFileSync(join(scratch, 'public.pub'));
    const ssh2 = execFileSync('ssh-keygen', ['-e', '-f', join(scratch, 'public.pub')]);
    for (const encoding of ['pem', 'der', 'base64'] as const) {
      expect(refusalOf(line, encoding)).toMatch(
        new RegExp(
          `^cannot be opened as ${encoding}: it is a public key of OpenSSH, which holds no private key`,
        ),
      );
    }
    expect(refusalOf(ssh2)).toContain('it is a public key of SSH, which holds no private key');
  });
});

const putty = (version: number, encryption: string) =>
  `PuTTY-User-Key-File-${version}: ecdsa-sha2-nistp256\r\nEncryption: ${encryption}\r\nComment: orders\r\nPublic-Lines: 3\r\nAAAA\r\n`;
const jwk = createPrivateKey(key).export({ format: 'jwk' });
const certificate = openssl(['req', '-x509', '-key', keyFile, '-subj', '/CN=orders', '-days', '2']);
const request = openssl(['req', '-new', '-key', keyFile, '-subj', '/CN=orders']);
const publicKey = openssl('pkey -pubout', key);
const pkcs7 = openssl(['crl2pkcs7', '-nocrl', '-certfile', file('certificate.pem', certificate)]);
const holdsNone = 'which holds no private key; give the file of the private key that belongs to it';

const block = (label: string, content: Buffer | string) =>
  `-----BEGIN ${label}-----\n${Buffer.from(content).toString('base64')}\n-----END ${label}-----\n`;

const named: readonly (readonly [name: string, content: Buffer | string, sentence: string])[] = [
  [
    'PuTTY 2',
    putty(2, 'none'),
    'a PuTTY private key (.ppk, version 2, ecdsa-sha2-nistp256, not encrypted); convert it: puttygen FILE -O private-openssh -o NEW.pem',
  ],
  [
    'PuTTY 3, encrypted',
    putty(3, 'aes256-cbc'),
    'a PuTTY private key (.ppk, version 3, ecdsa-sha2-nistp256, encrypted); convert it: puttygen FILE',
  ],
  ['a JWK', JSON.stringify(jwk), 'a JSON Web Key (JWK); convert it: node -p '],
  [
    'a JWK, on lines',
    `\n${JSON.stringify(jwk, undefined, 2)}\n`,
    'a JSON Web Key (JWK); convert it: node -p ',
  ],
  [
    'a JWK without its private half',
    JSON.stringify({ ...jwk, d: undefined }),
    `a JSON Web Key (JWK) of a public key, ${holdsNone}`,
  ],
  [
    'JWKS',
    JSON.stringify({ keys: [jwk, jwk] }),
    'JSON Web Keys (JWKS); take the one to import out of its "keys" into a FILE, and convert that: node -p ',
  ],
  ['other JSON', '{"private":"key"}', 'JSON; give the field alone that holds the key'],
  ['a certificate', certificate, `a certificate (X.509), ${holdsNone}`],
  [
    'a trusted certificate',
    openssl('x509 -trustout', certificate),
    `a certificate (X.509), ${holdsNone}`,
  ],
  ['a request', request, `a certificate request (CSR), ${holdsNone}`],
  ['a public key', publicKey, `a public key, ${holdsNone}`],
  ['a public key of PKCS#1', openssl('rsa -RSAPublicKey_out', rsa), `a public key, ${holdsNone}`],
  ['PKCS#7', pkcs7, `PKCS#7 (CMS), ${holdsNone}`],
  [
    'PGP',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF8AAAABCADA\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n',
    'an OpenPGP private key, which OpenSSL cannot convert',
  ],
  [
    'a PGP public key',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n',
    'an OpenPGP public key',
  ],
  [
    'the parameters of a curve',
    openssl('ecparam -name prime256v1'),
    'the parameters of a curve (EC PARAMETERS) without a key; make both: openssl ecparam -name prime256v1 -genkey -noout -out NEW.pem',
  ],
  [
    'parameters of Diffie-Hellman',
    openssl('genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048'),
    'parameters of Diffie-Hellman',
  ],
  [
    'UTF-16',
    Buffer.from(`\uFEFF${key}`, 'utf16le'),
    'text in UTF-16, as PowerShell writes it; convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW',
  ],
  [
    'UTF-16 without a mark',
    Buffer.from(key.toString(), 'utf16le'),
    'PEM in UTF-16 without a mark; convert it: iconv -f UTF-16LE',
  ],
  [
    'UTF-16 of the other order',
    Buffer.from(key.toString(), 'utf16le').swap16(),
    'PEM in UTF-16 without a mark; convert it: iconv -f UTF-16BE',
  ],
  [
    'UTF-32',
    Buffer.from('fffe00002d000000', 'hex'),
    'text in UTF-32; convert it: iconv -f UTF-32 -t UTF-8 FILE > NEW',
  ],
  [
    'a key of Cosign',
    block('ENCRYPTED SIGSTORE PRIVATE KEY', '{"kdf":{}}'),
    'a private key of Cosign (Sigstore), which no other program opens',
  ],
  [
    'an older key of Cosign',
    block('ENCRYPTED COSIGN PRIVATE KEY', '{"kdf":{}}'),
    'a private key of Cosign (Sigstore)',
  ],
  [
    'a key of a TPM',
    block('TSS2 PRIVATE KEY', 'a sealed blob'),
    'a private key of a TPM (TSS2), which it leaves in no form',
  ],
  [
    'a key of Nebula',
    block('NEBULA X25519 PRIVATE KEY', 'x'.repeat(32)),
    'a private key of Nebula, which no key_spec takes',
  ],
  ['a web page', '<!DOCTYPE html><title>Login</title>', 'a web page or other markup'],
  ['an XML key', '<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>', 'XML, as .NET writes keys'],
  ['Ansible Vault', '$ANSIBLE_VAULT;1.1;AES256\n6136\n', 'encrypted with Ansible Vault'],
  ['age', 'age-encryption.org/v1\n-> X25519 abc\n', 'encrypted with age'],
  [
    'words',
    'these are no keys',
    'text without a line such as "-----BEGIN PRIVATE KEY-----"; it must hold one private key',
  ],
];

test.each(named)('as pem: %s', (_name, content, sentence) => {
  const refusal = refusalOf(content);
  expect(refusal).toContain(`cannot be opened as pem: it is ${sentence}`);
  expect(refusalOf(content, 'pem', passphrase)).toBe(refusal);
  expect(refusal).not.toMatch(/password/);
});

test.each([
  ['UTF-16', Buffer.from(`\uFEFF${key}`, 'utf16le')],
  ['a JWK', Buffer.from(JSON.stringify(jwk))],
])('the command that is named converts %s', (_name, content) => {
  const pem = convert(refusalOf(content), content);
  expect(open(pem, 'pem', undefined).fingerprint).toBe(fingerprintOf(key));
});

test.each(['PKCS12', 'CERTIFICATE'])(
  'the command that is named converts PKCS#12 between lines of %s',
  (label) => {
    const content = block(label, openssl('pkcs12 -export -nocerts -passout pass:pw', key));
    const sentence = refusalOf(content, 'pem', 'pw');
    expect(sentence).toContain('it is a PKCS#12 file in PEM');
    expect(open(convert(sentence, content), 'base64', 'pw').fingerprint).toBe(fingerprintOf(key));
  },
);

test.each([
  ['PEM', key],
  ['DER', openssl('pkcs8 -topk8 -nocrypt -outform DER', key)],
])('%s in Base64 of Base64, and in hex of Base64', (_name, content) => {
  const once = content.toString('base64');
  const sentence =
    'it is text that encodes a private key in base64, so it was encoded twice; decode it once';
  expect(refusalOf(Buffer.from(once).toString('base64'), 'base64')).toContain(sentence);
  expect(refusalOf(Buffer.from(once).toString('hex'), 'hex')).toContain(sentence);
});

test('PEM of UTF-16 in Base64, as PowerShell makes it', () => {
  expect(refusalOf(Buffer.from(key.toString(), 'utf16le').toString('base64'), 'base64')).toContain(
    'it is PEM in UTF-16 without a mark',
  );
});

test('the command that is named converts a JWK of a symmetric key', () => {
  const bytes = randomBytes(32);
  const content = JSON.stringify({ kty: 'oct', k: bytes.toString('base64url') });
  const converted = convert(refusalOf(content, 'base64'), content);
  expect(converted.toString().trim()).toBe(bytes.toString('base64'));
});

test.each([
  [
    'a certificate',
    openssl('x509 -outform DER', certificate),
    `a certificate (X.509), ${holdsNone}`,
  ],
  ['a request', openssl('req -outform DER', request), `a certificate request (CSR), ${holdsNone}`],
  [
    'a public key',
    openssl('pkey -pubin -outform DER', publicKey),
    `a public key (EC), ${holdsNone}`,
  ],
  [
    'a public key of PKCS#1',
    openssl('rsa -RSAPublicKey_out -outform DER', rsa),
    `a public key (RSA, PKCS#1), ${holdsNone}`,
  ],
  ['PKCS#7', openssl('pkcs7 -outform DER', pkcs7), `PKCS#7 (CMS), ${holdsNone}`],
  [
    'the name of a curve',
    openssl('ecparam -name prime256v1 -outform DER'),
    `the parameters of a curve (EC PARAMETERS), ${holdsNone}`,
  ],
  [
    'the numbers of a curve',
    openssl('ecparam -name prime256v1 -param_enc explicit -outform DER'),
    'the parameters of a curve (EC PARAMETERS)',
  ],
  [
    'parameters of Diffie-Hellman',
    openssl('genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -outform DER'),
    'parameters of',
  ],
  [
    'a Java keystore',
    Buffer.concat([Buffer.from('feedfeed00000002', 'hex'), randomBytes(300)]),
    'a Java keystore (JKS); convert it: keytool -importkeystore',
  ],
  [
    'a Java keystore of JCE',
    Buffer.concat([Buffer.from('cececece00000002', 'hex'), randomBytes(300)]),
    'a Java keystore (JCEKS); convert it: keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS',
  ],
  [
    'a PGP private key',
    Buffer.concat([Buffer.from('950398045f000000', 'hex'), randomBytes(900)]),
    'an OpenPGP private key',
  ],
  [
    'a PGP message',
    Buffer.concat([Buffer.from('85020c03', 'hex'), randomBytes(500)]),
    'encrypted with OpenPGP; decrypt it first: gpg --decrypt FILE > NEW',
  ],
])('in bytes, and in Base64: %s', (_name, content, sentence) => {
  for (const [spelt, encoding] of [
    [content, 'der'],
    [content, 'pem'],
    [content, 'pkcs12'],
    [content.toString('base64'), 'base64'],
    [content.toString('hex'), 'hex'],
  ] as const) {
    expect(refusalOf(spelt, encoding)).toContain(
      `cannot be opened as ${encoding}: it is ${sentence}`,
    );
    expect(refusalOf(spelt, encoding, passphrase)).not.toMatch(/password/);
  }
});

const gpg = isInstalled('gpg') ? test : test.skip;

gpg('what gpg exports', () => {
  const home = mkdtempSync('/tmp/byok-gpg-');
  const run = (...args: string[]) =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  try {
    run('--quick-generate-key', 'orders', 'rsa2048', 'sign', 'never');
    expect(refusalOf(run('--export-secret-keys', '--armor'))).toContain(
      'it is an OpenPGP private key',
    );
    expect(refusalOf(run('--export-secret-keys'), 'der')).toContain('it is an OpenPGP private key');
    expect(refusalOf(run('--export'), 'der')).toContain('it is an OpenPGP public key');
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    execFileSync('rm', ['-r', home]);
  }
});

const java = isInstalled('keytool') ? test : test.skip;

java('what keytool writes, which the named command converts', () => {
  for (const type of ['JKS', 'JCEKS']) {
    const store = join(scratch, type);
    const words = ['-storepass', 'changeit', '-keypass', 'changeit', '-dname', 'CN=orders'];
    execFileSync(
      'keytool',
      [
        '-genkeypair',
        '-keyalg',
        'RSA',
        '-keysize',
        '2048',
        '-alias',
        'a',
        '-keystore',
        store,
        '-storetype',
        type,
        ...words,
      ],
      { stdio: 'pipe' },
    );
    const content = readFileSync(store);
    const sentence = refusalOf(content, 'pkcs12', 'changeit');
    expect(sentence).toContain(`it is a Java keystore (${type})`);
    const converted = convert(sentence, content, [
      ['-deststoretype', '-srcstorepass changeit -deststorepass changeit -deststoretype'],
    ]);
    expect(open(converted, 'pkcs12', 'changeit').isPrivateKey).toBe(true);
  }
});

describe('private keys that no key_spec takes', () => {
  const dh = openssl('genpkey -algorithm DH -pkeyopt group:ffdhe2048');
  const dhx = openssl([
    'genpkey',
    '-paramfile',
    file('dhx.pem', openssl('genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:2')),
  ]);
  const dsa = openssl([
    'genpkey',
    '-paramfile',
    file('dsa.pem', openssl('genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024')),
  ]);
  const traditional = openssl('pkey -traditional', dsa);

  test.each([
    ['Ed25519', openssl('genpkey -algorithm ED25519')],
    ['Ed448', openssl('genpkey -algorithm ED448')],
    ['X25519', openssl('genpkey -algorithm X25519')],
    ['X448', openssl('genpkey -algorithm X448')],
    ['Diffie-Hellman', dh],
    ['Diffie-Hellman of X9.42', dhx],
    ['DSA', dsa],
    ['DSA', traditional],
    ['SM2', openssl('genpkey -algorithm SM2')],
    [
      'RSA for PSS signatures only (RSA-PSS)',
      openssl('genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048'),
    ],
  ])('%s', (kind, pem) => {
    const sentence = `is a private key, ${kind}, which no key_spec takes; allowed are RSA with 2048 bits`;
    expect(refusalOf(pem)).toContain(sentence);
    const encrypted = openssl(`pkcs8 -topk8 -passout pass:${passphrase.replace(' ', '-')}`, pem);
    expect(refusalOf(encrypted, 'pem', passphrase.replace(' ', '-'))).toContain(sentence);
    expect(refusalOf(openssl('pkcs8 -topk8 -nocrypt -outform DER', pem), 'der')).toContain(
      sentence,
    );
  });

  test('DSA as OpenSSL wrote it once, in DER', () => {
    const [, body = ''] = /KEY-----\n(.*)-----END/s.exec(traditional.toString()) ?? [];
    expect(refusalOf(Buffer.from(body, 'base64'), 'der')).toContain(
      'it is a private key, DSA, which no key_spec takes',
    );
  });

  /** Made of one that OpenSSL knows: the last arc of its object identifier is another. */
  test.each([
    [
      'a curve',
      openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521'),
      '06052b81040023',
      '06052b8104007f',
      'EC on a curve of object identifier 1.3.132.0.127',
    ],
    [
      'an algorithm',
      openssl('genpkey -algorithm ED25519'),
      '06032b6570',
      '06032b657f',
      'of an algorithm that this program does not know (object identifier 1.3.101.127)',
    ],
    [
      'a later algorithm',
      openssl('genpkey -algorithm ED25519'),
      '300506032b6570',
      '300b0609608648016503040312',
      'ML-DSA-65',
    ],
  ])('%s that OpenSSL does not know', (_name, pem, from, to, kind) => {
    const known = openssl('pkcs8 -topk8 -nocrypt -outform DER', pem).toString('hex');
    const longer = (to.length - from.length) / 2;
    const other = Buffer.from(known.replace(from, to), 'hex');
    other[1] = (other[1] ?? 0) + (known.startsWith('3081') ? 0 : longer);
    expect(refusalOf(other, 'der')).toContain(
      `it is a private key, ${kind}, which no key_spec takes`,
    );
  });

  test('an EC key that does not name its curve', () => {
    const sec1 = openssl('ec -no_public -outform DER', key);
    const bare = Buffer.concat([Buffer.from('3025', 'hex'), sec1.subarray(2, 39)]);
    expect(refusalOf(bare, 'der')).toContain(
      'an EC private key (SEC 1) that does not name its curve',
    );
  });
});

describe('the password', () => {
  const encrypted = (options: string, pem = key) =>
    openssl(`pkcs8 -topk8 -passout pass:right ${options}`.split(' '), pem);
  const give = 'by material_password_env or material_password_wo';

  test.each([
    ['PKCS#8', encrypted('-v2 aes-256-cbc'), 'AES-256-CBC'],
    ['PKCS#8 by scrypt', encrypted('-scrypt'), 'AES-256-CBC'],
    ['PKCS#8 by 3DES', encrypted('-v1 PBE-SHA1-3DES'), 'PBE-SHA1-3DES'],
    ['the traditional form', openssl('ec -aes-128-cbc -passout pass:right', key), 'AES-128-CBC'],
    [
      'the traditional form of RSA',
      openssl('rsa -traditional -des3 -passout pass:right', rsa),
      'DES-EDE3-CBC',
    ],
  ])('is blamed when it is wrong or missing, and the cipher named: %s', (_name, pem, cipher) => {
    expect(open(pem, 'pem', 'right').isPrivateKey).toBe(true);
    expect(refusalOf(pem)).toBe(
      `cannot be opened as pem: it is an encrypted private key (${cipher}), but no password was given; give it ${give}`,
    );
    expect(refusalOf(pem, 'pem', 'wrong')).toBe(
      `cannot be opened as pem: it is an encrypted private key (${cipher}), but the given password is wrong or the key is damaged; give the right password ${give}`,
    );
  });

  test('of DER, also spelt', () => {
    const der = encrypted('-outform DER');
    for (const [content, encoding] of [
      [der, 'der'],
      [der.toString('base64'), 'base64'],
      [der.toString('hex'), 'hex'],
      [der, 'raw'],
    ] as const) {
      expect(open(content, encoding, 'right').isPrivateKey).toBe(true);
      expect(refusalOf(content, encoding)).toContain(
        'an encrypted private key (AES-256-CBC), but no password was given',
      );
      expect(refusalOf(content, encoding, 'wrong')).toContain(
        'but the given password is wrong or the key is damaged',
      );
    }
  });

  test('that is not needed does no harm', () => {
    expect(open(key, 'pem', 'needless').fingerprint).toBe(fingerprintOf(key));
  });

  test.each([
    ['-v1 PBE-MD5-DES', 'PBE-MD5-DES'],
    ['-v1 PBE-SHA1-RC4-128', 'PBE-SHA1-RC4-128'],
    ['-v1 PBE-SHA1-RC2-40', 'PBE-SHA1-RC2-40'],
    ['-v2 rc2-cbc', 'RC2-CBC'],
    ['-v2 des-cbc', 'DES-CBC'],
  ])(
    'is not blamed for a cipher that Node lacks, and the command converts it: %s',
    (options, name) => {
      const legacy = `${options} -provider legacy -provider default`;
      for (const [content, encoding, form] of [
        [encrypted(legacy), 'pem', ''],
        [encrypted(`${legacy} -outform DER`), 'der', ' -inform DER'],
      ] as const) {
        for (const password of [undefined, 'wrong', 'right']) {
          const sentence = refusalOf(content, encoding, password);
          expect(sentence).toBe(
            `cannot be opened as ${encoding}: it is an encrypted private key (${name}) with a cipher that this program does not have; convert it: openssl pkcs8 -topk8${form} -provider legacy -provider default -in FILE -out NEW.pem, and set material_encoding to "pem"`,
          );
        }
        const pem = convert(refusalOf(content, encoding), content, [
          ['-topk8', '-topk8 -passin pass:right -passout pass:new'],
        ]);
        expect(open(pem, 'pem', 'new').fingerprint).toBe(fingerprintOf(key));
      }
    },
  );

  test('is not blamed for an old cipher of the traditional form', () => {
    const old = openssl(
      'rsa -traditional -des -passout pass:right -provider legacy -provider default',
      rsa,
    );
    const sentence = refusalOf(old, 'pem', 'right');
    expect(sentence).toContain(
      'it is an encrypted private key (DES-CBC) with a cipher that this program does not have; convert it: openssl pkcs8 -topk8 ',
    );
    const pem = convert(sentence, old, [['-topk8', '-topk8 -passin pass:right -passout pass:new']]);
    expect(open(pem, 'pem', 'new').fingerprint).toBe(fingerprintOf(rsa));
  });
});

describe('what is cut off or damaged', () => {
  const whole = openssl('pkcs8 -topk8 -nocrypt -outform DER', rsa);

  test('PEM, anywhere', () => {
    const missing =
      'cannot be opened as pem: it is cut off: its line "-----END PRIVATE KEY-----" is missing; get a complete copy from where it was made';
    for (const size of [30, 200, 1000, rsa.length - 20]) {
      expect(refusalOf(rsa.subarray(0, size), 'pem', passphrase)).toBe(missing);
    }
    const lines = rsa.toString().split('\n');
    const without = [...lines.slice(0, 10), ...lines.slice(-2)].join('\n');
    expect(refusalOf(without, 'pem', passphrase)).toMatch(
      /^cannot be opened as pem: it is cut off: it should have \d+ bytes, but has 432;/,
    );
  });

  test('DER, also in Base64', () => {
    for (const size of [300, 1000, whole.length - 1]) {
      const sentence = `it is cut off: it should have ${whole.length} bytes, but has ${size}; get a complete copy`;
      expect(refusalOf(whole.subarray(0, size), 'der', passphrase)).toContain(sentence);
      expect(refusalOf(whole.subarray(0, size).toString('base64'), 'base64')).toContain(sentence);
    }
  });

  test('PEM that is no Base64', () => {
    expect(refusalOf(rsa.toString().replace('\nM', '\n*'))).toContain(
      'it is PEM with characters other than Base64 between its BEGIN and END lines',
    );
    expect(refusalOf('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')).toContain(
      'it is PEM that is damaged',
    );
  });
});

test.each(materialEncodings)('an empty file as %s, and one of white space', (encoding) => {
  expect(refusalOf('', encoding)).toBe('is empty; it must hold a symmetric key or one private key');
  if (encoding !== 'raw') {
    expect(refusalOf('\r\n \n', encoding)).toBe(
      'is empty; it must hold a symmetric key or one private key',
    );
    expect(refusalOf('\uFEFF', encoding)).toBe(
      'is empty; it must hold a symmetric key or one private key',
    );
  }
});

test('no sentence holds any of the content', () => {
  const marks = ['hush', 'HUSH', '6875736821'];
  const contents = [
    ...named.map(([, content]) => content),
    '-----BEGIN HUSH-----\nhush\n-----END HUSH-----\n',
    '-----BEGIN HUSH PRIVATE KEY-----\nhush\n',
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: HUSH,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    'PuTTY-User-Key-File-hush: hush\nEncryption: hush\n',
    '{"kty":"hush","d":"hush"}',
    'ssh-rsa hush',
    '<hush>',
  ];
  for (const content of contents) {
    for (const encoding of materialEncodings) {
      const refusal = refusalOf(content, encoding);
      expect(marks.filter((mark) => refusal.includes(mark))).toEqual([]);
    }
  }
});
