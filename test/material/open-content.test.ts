/** What a source may hold: one key, of a size that keys have, spelt as was said. */
import { execFileSync } from 'node:child_process';
import { maxContentBytes, openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { type MaterialEncoding, materialEncodings } from '../../lib/terms/material';

function openssl(args: string, input?: string): string {
  return execFileSync('openssl', args.split(' '), {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

const key = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
const other = openssl('ecparam -genkey -name prime256v1');
const encrypted = openssl('pkcs8 -topk8 -passout pass:open-sesame', key);
const certificate = openssl(
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=orders -days 1',
);

function open(content: string | Buffer, encoding: MaterialEncoding = 'pem', password?: string) {
  return openContent(Buffer.from(content), {
    encoding,
    password: password === undefined ? undefined : Secret.fromText(password),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "signing.key"',
  });
}

const { fingerprint } = open(key);

test.each([
  [
    'the parameters of its curve, as "openssl ecparam" writes them',
    `${openssl('ecparam -name prime256v1')}${key}`,
  ],
  ['a certificate before it', `${certificate}${key}`],
  ['a certificate after it', `${key}${certificate}`],
  ['its public key', `${key}${openssl('pkey -pubout', key)}`],
  [
    'lines of text, as "openssl pkcs12" writes them',
    `Bag Attributes\n    friendlyName: PRIVATE KEY of orders\n${key}`,
  ],
  ['line ends of Windows', key.replaceAll('\n', '\r\n')],
])('a PEM may hold beside its private key: %s', (_name, pem) => {
  expect(open(pem).fingerprint).toBe(fingerprint);
});

test('what "openssl ecparam -genkey" writes is one private key', () => {
  expect(other).toMatch(/BEGIN EC PARAMETERS.*BEGIN EC PRIVATE KEY/s);
  expect(open(other).isPrivateKey).toBe(true);
});

test.each([
  ['two', `${key}${other}`, 2],
  ['the same one twice', `${key}${key}`, 2],
  ['one that is encrypted beside one that is not', `${key}${encrypted}`, 2],
  ['one encrypted twice', `${encrypted}${encrypted}`, 2],
  ['two with the certificate between them', `${key}${certificate}${other}`, 2],
  ['three with line ends of Windows', `${key}${other}${key}`.replaceAll('\n', '\r\n'), 3],
])('refuses a PEM with more than one private key: %s', (_name, pem, count) => {
  expect(() => open(pem, 'pem', 'open-sesame')).toThrow(
    `the key material in file "signing.key" holds ${count} private keys; it must hold one: leave only the key to import there`,
  );
});

describe.each(materialEncodings.filter((encoding) => encoding !== 'pem'))('as %s', (encoding) => {
  test.each([
    ['a private key', key],
    ['after the parameters of its curve', other],
    ['encrypted', encrypted],
    ['after lines of text', `Bag Attributes\n${key}`],
    ['after the mark of Windows editors', `\uFEFF${key}`],
  ])('refuses PEM, and says what to set: %s', (_name, pem) => {
    expect(() => open(pem, encoding)).toThrow(
      new Error(
        `the key material in file "signing.key" looks like PEM, but material_encoding is "${encoding}"; set material_encoding to "pem"`,
      ),
    );
  });
});

test.each(materialEncodings)(
  'refuses more bytes than any key has, as %s, and wipes them',
  (encoding) => {
    const content = Buffer.alloc(maxContentBytes + 1, 'A');
    expect(() =>
      openContent(content, {
        encoding,
        password: undefined,
        attribute: undefined,
        spelling: wording,
        source: 'standard input',
      }),
    ).toThrow(
      'the key material in standard input has more than 1048576 bytes, which no key has; it must hold a symmetric key or one private key',
    );
    expect(content.every((byte) => byte === 0)).toBe(true);
  },
);

test('wipes what it refuses for holding two keys, or for being PEM', () => {
  for (const encoding of ['pem', 'base64'] as const) {
    const content = Buffer.from(`${key}${other}`);
    const options = {
      encoding,
      password: undefined,
      attribute: undefined,
      spelling: wording,
      source: 'x',
    };
    expect(() => openContent(content, options)).toThrow(/holds 2|looks like PEM/);
    expect(content.every((byte) => byte === 0)).toBe(true);
  }
});
