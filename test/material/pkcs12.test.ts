/**
 * PKCS#12 as openssl, Java and Azure write it: with any password and none, and with what only old
 * or new programs encrypt with.
 */
import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { isByokError } from '../../lib/errors';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { MaterialEncoding } from '../../lib/terms/material';
import { der, integer } from '../support/der-keys';
import { scratchFolder } from '../support/scratch-folder';
import { isInstalled, openssl } from '../support/tools';

const scratch = scratchFolder();

const keys = {
  RSA: openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048'),
  EC: openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384'),
};

function fingerprintOf(pem: Buffer): string {
  return `sha256:${createHash('sha256').update(openssl('pkey -pubout -outform DER', pem)).digest('hex')}`;
}

const ofRsa = fingerprintOf(keys.RSA);

/** @param password given to openssl by the environment, where no shell touches it */
function pack(password: string, options = '', key = keys.RSA): Buffer {
  const args = [
    'pkcs12',
    '-export',
    '-nocerts',
    '-passout',
    'env:PASSWORD',
    ...options.split(' ').filter((option) => option !== ''),
  ];
  return openssl(args, key, { PASSWORD: password });
}

function open(
  content: Buffer,
  password: string | undefined,
  encoding: MaterialEncoding = 'pkcs12',
) {
  return openContent(Buffer.from(content), {
    encoding,
    password: password === undefined ? undefined : Secret.fromText(password),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "signing.p12"',
  });
}

/** What follows "the key material in …"; fails when it is opened. */
function refusalOf(
  content: Buffer,
  password: string | undefined,
  encoding: MaterialEncoding = 'pkcs12',
): string {
  try {
    open(content, password, encoding).wipe();
  } catch (error) {
    if (!isByokError(error) || error.code !== 'ERR_MATERIAL_INVALID') {
      throw error;
    }
    return error.message.replace('the key material in file "signing.p12" ', '');
  }
  throw new Error('it was opened');
}

const passwords = [
  'ascii',
  'Schlüssel€1',
  'grün',
  'gru\u0308n',
  'пароль',
  '密码',
  'p😀q',
  '😀',
  'ÿ',
  'with space ',
  '"quotes\' and \\',
  'long'.repeat(60),
];

describe.each(passwords)('the password %j', (password) => {
  test.each([
    ['as OpenSSL 3 does', ''],
    ['as OpenSSL 1 did', '-keypbe PBE-SHA1-3DES -macalg sha1'],
    ['without a MAC', '-nomac'],
  ])('opens what was encrypted %s', (_name, options) => {
    const file = pack(password, options);
    expect(open(file, password).fingerprint).toBe(ofRsa);
    expect(refusalOf(file, `${password}!`)).toMatch(
      /^cannot be opened as pkcs12: the given password is wrong, or the file is damaged/,
    );
  });
});

test('a password is taken as it is given: composed and decomposed letters are two', () => {
  expect(refusalOf(pack('gr\u00fcn'), 'gru\u0308n')).toContain('the given password is wrong');
});

/** As programs did that took UTF-8 for Latin-1. */
test('a password that was taken byte by byte opens', () => {
  const password = 'grün';
  const file = openssl(
    ['pkcs12', '-export', '-nocerts', '-passout', 'env:PASSWORD', '-keypbe', 'PBE-SHA1-3DES'],
    keys.RSA,
    {
      PASSWORD: Buffer.from(password, 'utf8').toString('latin1'),
    },
  );
  expect(open(file, password).fingerprint).toBe(ofRsa);
});

test.each([
  'PBE-SHA1-2DES',
  'PBE-SHA1-RC2-128 -legacy',
  'PBE-SHA1-RC2-40 -legacy',
  'aes-128-cbc',
  'aes-192-cbc',
  'des-ede3-cbc',
  'camellia-128-cbc',
  'camellia-256-cbc',
  'aria-256-cbc',
])('opens a key that is encrypted by %s', (cipher) => {
  expect(open(pack('pw', `-keypbe ${cipher}`), 'pw').fingerprint).toBe(ofRsa);
});

test.each([
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha512-256',
  'sha3-256',
  'sha3-512',
])('opens what has a MAC by %s', (digest) => {
  expect(open(pack('pw', `-macalg ${digest}`), 'pw').fingerprint).toBe(ofRsa);
  expect(refusalOf(pack('pw', `-macalg ${digest}`), 'no')).toContain('the given password is wrong');
});

test('opens an EC key, a key beside its certificates, one that is not encrypted, and one with many rounds', () => {
  writeFileSync(join(scratch, 'k.pem'), keys.RSA);
  const certificate = openssl([
    'req',
    '-x509',
    '-key',
    join(scratch, 'k.pem'),
    '-subj',
    '/CN=orders',
    '-days',
    '2',
  ]);
  const whole = Buffer.concat([keys.RSA, certificate]);
  const withCertificate = (options: string) =>
    openssl(`pkcs12 -export -passout pass:pw ${options}`.trim().split(' '), whole);
  expect(open(pack('pw', '', keys.EC), 'pw').fingerprint).toBe(fingerprintOf(keys.EC));
  for (const options of [
    '',
    '-legacy',
    '-keypbe NONE -certpbe NONE',
    '-certpbe PBE-SHA1-RC2-40 -legacy',
    '-iter 50000 -maciter',
    '-name über',
  ]) {
    expect(open(withCertificate(options), 'pw').fingerprint).toBe(ofRsa);
  }
});

describe('no password', () => {
  test('an empty one, given or not', () => {
    for (const options of ['', '-keypbe PBE-SHA1-3DES -macalg sha1', '-nomac']) {
      expect(open(pack('', options), undefined).fingerprint).toBe(ofRsa);
      expect(open(pack('', options), '').fingerprint).toBe(ofRsa);
    }
  });

  /** Azure Key Vault exports so: the MAC is one of no password at all, which openssl reads, too. */
  test('one that is absent, which is another one than the empty one', () => {
    const file = withoutPassword('plain');
    expect(openssl('pkcs12 -nodes -passin pass: -nocerts', file).toString()).toContain(
      'BEGIN PRIVATE KEY',
    );
    expect(open(file, undefined).fingerprint).toBe(ofRsa);
    expect(open(file, '').fingerprint).toBe(ofRsa);
    expect(refusalOf(file, 'one')).toContain('the given password is wrong');
  });

  test('one that is absent, by which the key is encrypted', () => {
    const file = withoutPassword('encrypted');
    expect(openssl('pkcs12 -nodes -passin pass: -nocerts', file).toString()).toContain(
      'BEGIN PRIVATE KEY',
    );
    expect(open(file, undefined).fingerprint).toBe(ofRsa);
  });

  test('none, where one is needed', () => {
    expect(refusalOf(pack('pw'), undefined)).toBe(
      'cannot be opened as pkcs12: it is protected by a password, but no password was given; give it by material_password_env or material_password_wo',
    );
  });
});

/** By node-forge, which openssl has no option for. */
function withoutPassword(how: 'plain' | 'encrypted'): Buffer {
  const { asn1, pkcs12, pki } = forge;
  const key = pki.privateKeyFromPem(openssl('rsa -traditional', keys.RSA).toString());
  if (how === 'plain') {
    return Buffer.from(
      asn1.toDer(pkcs12.toPkcs12Asn1(key, null as never, null as never)).getBytes(),
      'binary',
    );
  }
  const info = openssl('pkcs8 -topk8 -nocrypt -outform DER', keys.RSA);
  const [salt, iterations] = [randomBytes(8), 2000];
  const derive = (id: number, size: number, digest = forge.md.sha1.create()) =>
    Buffer.from(
      pkcs12
        .generateKey(
          null,
          forge.util.createBuffer(salt.toString('binary')),
          id as never,
          iterations,
          size,
          digest,
        )
        .getBytes(),
      'binary',
    );
  const cipher = createCipheriv('des-ede3-cbc', derive(1, 24), derive(2, 8));
  const encrypted = Buffer.concat([cipher.update(info), cipher.final()]);
  const algorithm = der(
    0x30,
    oid('1.2.840.113549.1.12.1.3'),
    der(0x30, der(0x04, salt), integerOf(iterations)),
  );
  const safes = safesOf(
    bagOf('1.2.840.113549.1.12.10.1.2', der(0x30, algorithm, der(0x04, encrypted))),
  );
  const mac = createHmac('sha1', derive(3, 20)).update(safes).digest();
  const digestInfo = der(0x30, der(0x30, oid('1.3.14.3.2.26'), der(0x05)), der(0x04, mac));
  return pfxOf(safes, der(0x30, digestInfo, der(0x04, salt), integerOf(iterations)));
}

const oid = (dotted: string) =>
  Buffer.from(
    forge.asn1
      .toDer(forge.asn1.create(0, 6, false, forge.asn1.oidToDer(dotted).getBytes()))
      .getBytes(),
    'binary',
  );
const integerOf = (value: number) => integer(BigInt(value));
const bagOf = (type: string, value: Buffer) => der(0x30, oid(type), der(0xa0, value));
const dataOf = (content: Buffer) =>
  der(0x30, oid('1.2.840.113549.1.7.1'), der(0xa0, der(0x04, content)));
const safesOf = (...bags: Buffer[]) => der(0x30, dataOf(der(0x30, ...bags)));
const pfxOf = (safes: Buffer, ...macData: Buffer[]) =>
  der(0x30, integerOf(3), dataOf(safes), ...macData);

/** RFC 9579, which openssl 3.4 writes. */
test('opens what has a MAC by PBMAC1, of a password in UTF-8', () => {
  const password = 'grün😀';
  const info = openssl('pkcs8 -topk8 -nocrypt -outform DER', keys.EC);
  const safes = safesOf(bagOf('1.2.840.113549.1.12.10.1.1', info));
  const [salt, rounds] = [randomBytes(8), 2048];
  const hmacSha256 = der(0x30, oid('1.2.840.113549.2.9'), der(0x05));
  const derivation = der(
    0x30,
    oid('1.2.840.113549.1.5.12'),
    der(0x30, der(0x04, salt), integerOf(rounds), integerOf(32), hmacSha256),
  );
  const algorithm = der(0x30, oid('1.2.840.113549.1.5.14'), der(0x30, derivation, hmacSha256));
  const mac = createHmac('sha256', pbkdf2Sync(password, salt, rounds, 32, 'sha256'))
    .update(safes)
    .digest();
  const file = pfxOf(
    safes,
    der(
      0x30,
      der(0x30, algorithm, der(0x04, mac)),
      der(0x04, Buffer.from('NOT USED')),
      integerOf(1),
    ),
  );
  expect(open(file, password).fingerprint).toBe(fingerprintOf(keys.EC));
  expect(refusalOf(file, 'gruen')).toContain('the given password is wrong');
});

/** BER: lengths that are not said, octets in pieces. */
test('opens what is written in BER, as the libraries of Mozilla and Microsoft do', () => {
  const info = openssl('pkcs8 -topk8 -nocrypt -outform DER', keys.EC);
  const open0 = (tag: number, ...parts: Buffer[]) =>
    Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)]);
  const pieces = (content: Buffer) =>
    open0(0x24, der(0x04, content.subarray(0, 50)), der(0x04, content.subarray(50)));
  const data = (content: Buffer) =>
    open0(0x30, oid('1.2.840.113549.1.7.1'), open0(0xa0, pieces(content)));
  const bags = open0(0x30, open0(0x30, oid('1.2.840.113549.1.12.10.1.1'), open0(0xa0, info)));
  const file = open0(0x30, integerOf(3), data(open0(0x30, data(bags))));
  expect(openssl('pkcs12 -nodes -passin pass: -nocerts', file).toString()).toContain(
    'BEGIN PRIVATE KEY',
  );
  expect(open(file, undefined).fingerprint).toBe(fingerprintOf(keys.EC));
});

describe('refuses by name', () => {
  const convert =
    'which this program does not have; convert it: openssl pkcs12 -legacy -in FILE -nocerts -out NEW.pem, and set material_encoding to "pem"';

  test.each([
    ['PBE-SHA1-RC4-128 -legacy', 'PBE-SHA1-RC4-128'],
    ['PBE-SHA1-RC4-40 -legacy', 'PBE-SHA1-RC4-40'],
    ['des-cbc -legacy', 'DES-CBC'],
    ['rc2-cbc -legacy', 'RC2-CBC'],
    ['seed-cbc -legacy', 'SEED-CBC'],
    ['bf-cbc -legacy', 'BF-CBC'],
  ])('a key that is encrypted by %s, which openssl then converts', (cipher, name) => {
    const file = pack('pw', `-keypbe ${cipher}`);
    expect(refusalOf(file, 'pw')).toBe(`is a PKCS#12 file protected by ${name}, ${convert}`);
    const pem = openssl('pkcs12 -legacy -nocerts -passin pass:pw -passout pass:new', file);
    expect(open(pem, 'new', 'pem').fingerprint).toBe(ofRsa);
  });

  test('two keys, certificates alone, nothing', () => {
    const infos = [keys.RSA, keys.EC].map((pem) =>
      openssl('pkcs8 -topk8 -nocrypt -outform DER', pem),
    );
    const bags = infos.map((info) => bagOf('1.2.840.113549.1.12.10.1.1', info));
    expect(refusalOf(pfxOf(safesOf(...bags)), undefined)).toBe(
      'holds 2 private keys; it must hold one: leave only the key to import there',
    );
    expect(
      refusalOf(pfxOf(safesOf(bagOf('1.2.840.113549.1.12.10.1.6', der(0x30, ...bags)))), undefined),
    ).toMatch(/^holds 2 private keys/);
    expect(refusalOf(pfxOf(safesOf()), undefined)).toMatch(
      /^is a PKCS#12 file that holds no private key, but nothing;/,
    );
    writeFileSync(join(scratch, 'k.pem'), keys.EC);
    const certificate = openssl([
      'req',
      '-x509',
      '-key',
      join(scratch, 'k.pem'),
      '-subj',
      '/CN=orders',
      '-days',
      '2',
    ]);
    expect(
      refusalOf(openssl('pkcs12 -export -nokeys -passout pass:pw', certificate), 'pw'),
    ).toMatch(
      /^is a PKCS#12 file that holds no private key, but 1 certificates; export it together with its private key/,
    );
  });

  test.each(['brainpoolP256r1', 'secp224r1', 'prime192v1', 'sect283k1', 'secp521r1'])(
    'a key on %s',
    (curve) => {
      const key = openssl(`ecparam -name ${curve} -genkey -noout`);
      expect(refusalOf(pack('pw', '', key), 'pw')).toMatch(
        new RegExp(`^is a private key, EC on ${curve}, which no key_spec takes`),
      );
    },
  );

  test('what is cut off, what has something behind it, and a line feed, which does not matter', () => {
    const file = pack('pw');
    expect(refusalOf(file.subarray(0, -20), 'pw')).toBe(
      `cannot be opened as pkcs12: it is cut off: it should have ${file.length} bytes, but has ${file.length - 20}; get a complete copy from where it was made`,
    );
    expect(refusalOf(Buffer.concat([file, Buffer.from('behind')]), 'pw')).toMatch(
      /^has 6 bytes after the end/,
    );
    expect(open(Buffer.concat([file, Buffer.from('\r\n')]), 'pw').fingerprint).toBe(ofRsa);
  });

  test('what is damaged, wherever that is, in one sentence', () => {
    for (const file of [
      pack('pw', '-nomac -iter 1'),
      pack('pw', '-iter 1 -nomaciter -keypbe NONE'),
    ]) {
      for (let at = 0; at < file.length; at += 7) {
        const copy = Buffer.from(file);
        copy[at] = (copy[at] ?? 0) ^ 0x55;
        try {
          open(copy, 'pw').wipe();
        } catch (error) {
          expect(isByokError(error) && error.code).toBe('ERR_MATERIAL_INVALID');
        }
      }
    }
  });

  test('what is no PKCS#12', () => {
    expect(refusalOf(keys.RSA, 'pw')).toContain(
      'looks like PEM, but material_encoding is "pkcs12"; set material_encoding to "pem"',
    );
    expect(refusalOf(openssl('pkcs8 -topk8 -nocrypt -outform DER', keys.RSA), 'pw')).toBe(
      'is DER, but material_encoding is "pkcs12"; set material_encoding to "der"',
    );
    expect(refusalOf(pack('pw'), 'pw', 'der')).toBe(
      'cannot be opened as der: it is a PKCS#12 file; set material_encoding to "pkcs12"',
    );
  });
});

const java = isInstalled('keytool') ? describe : describe.skip;

java('Java', () => {
  const keytool = (...args: string[]) =>
    execFileSync('keytool', [...args, '-storepass', 'changeit', '-keypass', 'changeit'], {
      cwd: scratch,
      stdio: ['pipe', 'pipe', 'pipe'],
    });

  test('a key of keytool opens; one for AES is told apart', () => {
    const distinguished = ['-dname', 'CN=orders'];
    keytool(
      '-genkeypair',
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-alias',
      'a',
      ...distinguished,
      '-keystore',
      'a.p12',
      '-storetype',
      'PKCS12',
    );
    expect(open(readFileSync(join(scratch, 'a.p12')), 'changeit').isPrivateKey).toBe(true);
    keytool(
      '-genseckey',
      '-keyalg',
      'AES',
      '-keysize',
      '256',
      '-alias',
      'b',
      '-keystore',
      'b.p12',
      '-storetype',
      'PKCS12',
    );
    expect(refusalOf(readFileSync(join(scratch, 'b.p12')), 'changeit')).toMatch(
      /^is a PKCS#12 file that holds no private key, but 1 secret keys/,
    );
  });
});
