/**
 * Protected files made by hand, as somebody would who wants this process busy. They ask for half as
 * much again as is allowed, by another number than the iteration count of the usual place, or where
 * it does not show at first.
 */
import crypto, { createCipheriv, pbkdf2Sync } from 'node:crypto';
import forge from 'node-forge';
import { isByokError } from '../../lib/errors';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { MaterialEncoding } from '../../lib/terms/material';
import { der, integer } from '../support/der-keys';
import { openssl } from '../support/tools';

const passphrase = 'open-sesame';

function open(content: string | Buffer, encoding: MaterialEncoding) {
  return openContent(Buffer.from(content), {
    encoding,
    password: Secret.fromText(passphrase),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "k"',
  });
}

function refusalOf(content: string | Buffer, encoding: MaterialEncoding): string {
  try {
    open(content, encoding);
  } catch (error) {
    if (!isByokError(error) || error.code !== 'ERR_MATERIAL_INVALID') {
      throw error;
    }
    return error.message;
  }
  throw new Error('it was opened');
}

const asksForMany =
  /^the key material in file "k" asks for \d{7,} iterations to derive the key from its password/;
const otherCharacters = /PEM with characters other than Base64/;

const oid = (dotted: string) =>
  Buffer.from(
    forge.asn1
      .toDer(forge.asn1.create(0, 6, false, forge.asn1.oidToDer(dotted).getBytes()))
      .getBytes(),
    'binary',
  );
const octets = (content: Buffer) => der(0x04, content);
const number = (value: number) => integer(BigInt(value));
const pem = (content: Buffer) =>
  `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${content.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;

const key = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
const salt = octets(Buffer.alloc(16, 7));
const aes = der(0x30, oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16, 9)));
const pbkdf2 = (salted: Buffer, count: number, ...others: Buffer[]) =>
  der(0x30, oid('1.2.840.113549.1.5.12'), der(0x30, salted, number(count), ...others));
const scrypt = (...numbers: number[]) =>
  der(0x30, oid('1.3.6.1.4.1.11591.4.11'), der(0x30, salt, ...numbers.map(number)));
const pbes2 = (derivation: Buffer) =>
  der(0x30, oid('1.2.840.113549.1.5.13'), der(0x30, derivation, aes));
const encrypted = (algorithm: Buffer) => der(0x30, algorithm, octets(Buffer.alloc(160, 3)));
const data = oid('1.2.840.113549.1.7.1');
const inBag = (content: Buffer) =>
  der(0x30, der(0x30, oid('1.2.840.113549.1.12.10.1.2'), der(0xa0, content)));
const safe = (bags: Buffer) => der(0x30, data, der(0xa0, octets(bags)));
const file = (safes: Buffer, ...mac: Buffer[]) =>
  der(0x30, number(3), der(0x30, data, der(0xa0, octets(der(0x30, safes)))), ...mac);
const many = 1_500_000;

test.each([
  ['scrypt that runs many times side by side', pbes2(scrypt(16_384, 8, 64))],
  ['scrypt with large blocks', pbes2(scrypt(1024, 4000, 1))],
  ['a salt in pieces', pbes2(pbkdf2(der(0x24, salt), many))],
  [
    'a length with zeros before it',
    pbes2(pbkdf2(Buffer.concat([Buffer.from('04850000000010', 'hex'), Buffer.alloc(16, 7)]), many)),
  ],
])('%s', (_name, algorithm) => {
  expect(refusalOf(encrypted(algorithm), 'der')).toMatch(asksForMany);
  expect(refusalOf(pem(encrypted(algorithm)), 'pem')).toMatch(asksForMany);
  expect(refusalOf(file(safe(inBag(encrypted(algorithm)))), 'pkcs12')).toMatch(asksForMany);
});

test('PEM that OpenSSL reads up to a dash', () => {
  const made = pem(encrypted(pbes2(pbkdf2(salt, many))));
  expect(refusalOf(made.replace('\n-----END', '\n-\n-----END'), 'pem')).toMatch(otherCharacters);
  const whole = openssl(`pkcs8 -topk8 -passout pass:${passphrase}`, key).toString();
  expect(refusalOf(whole.replace('\n-----END', '\n-\n-----END'), 'pem')).toMatch(otherCharacters);
});

test('a key inside of what is encrypted itself', () => {
  const inner = inBag(encrypted(pbes2(pbkdf2(salt, many))));
  const cipher = createCipheriv(
    'aes-256-cbc',
    pbkdf2Sync(passphrase, Buffer.alloc(16, 7), 10, 32, 'sha1'),
    Buffer.alloc(16, 9),
  );
  const hidden = Buffer.concat([cipher.update(inner), cipher.final()]);
  const content = der(
    0x30,
    data,
    pbes2(pbkdf2(salt, 10)),
    Buffer.concat([Buffer.from([0x80, 0x82, hidden.length >> 8, hidden.length & 255]), hidden]),
  );
  expect(
    refusalOf(
      file(der(0x30, oid('1.2.840.113549.1.7.6'), der(0xa0, der(0x30, number(0), content)))),
      'pkcs12',
    ),
  ).toMatch(asksForMany);
});

test('a salt that is no octets, a MAC that is longer than its digest, and one whose key is long', () => {
  const old = der(
    0x30,
    oid('1.2.840.113549.1.12.1.3'),
    der(0x30, der(0x0c, Buffer.from('saltsalt')), number(many)),
  );
  expect(refusalOf(file(safe(inBag(encrypted(old)))), 'pkcs12')).toMatch(
    /protected by a key derivation whose numbers are out of range/,
  );

  const hashes = jest.spyOn(crypto, 'createHash');
  const sha256 = der(0x30, oid('2.16.840.1.101.3.4.2.1'));
  const mac = (algorithm: Buffer, size: number) =>
    der(0x30, der(0x30, algorithm, octets(Buffer.alloc(size))), salt, number(1000));
  expect(refusalOf(file(safe(der(0x30)), mac(sha256, 3200)), 'pkcs12')).toMatch(
    /the given password is wrong/,
  );
  expect(hashes.mock.calls.length).toBeLessThan(100);
  hashes.mockRestore();

  const hmac = der(0x30, oid('1.2.840.113549.2.9'));
  const pbmac1 = der(
    0x30,
    oid('1.2.840.113549.1.5.14'),
    der(0x30, pbkdf2(salt, 1000, number(1024), hmac), hmac),
  );
  expect(refusalOf(file(safe(der(0x30)), mac(pbmac1, 32)), 'pkcs12')).toMatch(
    /protected by a MAC whose key has 1024 bytes/,
  );
});

test('while scrypt as OpenSSL writes it is opened', () => {
  const made = openssl(`pkcs8 -topk8 -scrypt -passout pass:${passphrase}`, key);
  expect(open(made, 'pem').fingerprint).toBe(open(key, 'pem').fingerprint);
});
