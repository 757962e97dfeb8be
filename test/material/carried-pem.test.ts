/**
 * PEM and files of bytes as variables, editors, JSON and YAML carry them: the same key comes out,
 * whatever became of its lines.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isByokError } from '../../lib/errors';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { MaterialEncoding } from '../../lib/terms/material';
import { scratchFolder } from '../support/scratch-folder';
import { openssl } from '../support/tools';

const password = 'open-sesame';
const ec = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256').toString();
const rsa = openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048').toString();

const fingerprintOf = (pem: string) =>
  `sha256:${createHash('sha256').update(openssl('pkey -pubout -outform DER', pem)).digest('hex')}`;

function open(content: string | Buffer, encoding: MaterialEncoding = 'pem') {
  return openContent(Buffer.from(content), {
    encoding,
    password: Secret.fromText(password),
    attribute: 'material_env',
    spelling: wording,
    source: 'variable "K"',
  });
}

const pems: Readonly<Record<string, string>> = {
  'PKCS#8': ec,
  'the traditional form with its curve': `${openssl('ecparam -name prime256v1')}${openssl('ec', ec)}`,
  'encrypted PKCS#8': openssl(`pkcs8 -topk8 -passout pass:${password}`, ec).toString(),
  'the traditional form, encrypted': openssl(`ec -aes256 -passout pass:${password}`, ec).toString(),
};

const manglings: readonly (readonly [string, (pem: string) => string])[] = [
  ['line feeds that are two characters', (pem) => pem.replaceAll('\n', '\\n')],
  ['line feeds that are two characters, quoted twice', (pem) => pem.replaceAll('\n', '\\\\n')],
  ['line ends of Windows that are four characters', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
  ['line ends of old Macs', (pem) => pem.replaceAll('\n', '\r')],
  ['spaces for line feeds, as an unquoted $KEY gives', (pem) => pem.replaceAll('\n', ' ')],
  ['line feeds and two characters for each', (pem) => pem.replaceAll('\n', '\\n\n')],
  ['indentation', (pem) => pem.replaceAll(/^/gm, '    ')],
  ['tabs', (pem) => pem.replaceAll(/^/gm, '\t')],
  ['double quotes', (pem) => `"${pem}"`],
  ['single quotes', (pem) => `'${pem}'`],
  [
    'quotes and two characters for line feeds, as in .env',
    (pem) => `"${pem.replaceAll('\n', '\\n')}"`,
  ],
  ['JSON', (pem) => JSON.stringify({ private_key: pem })],
  ['JSON of PHP', (pem) => pem.replaceAll('/', '\\/').replaceAll('\n', '\\n')],
  [
    'JSON of Gson',
    (pem) => pem.replaceAll('=', '\\u003d').replaceAll('+', '\\u002B').replaceAll('\n', '\\n'),
  ],
  ['JSON with a number for each line feed', (pem) => pem.replaceAll('\n', '\\u000a')],
  ['YAML', (pem) => `key: |\n${pem.replaceAll(/^/gm, '  ')}`],
  ['the mark of UTF-8', (pem) => `\uFEFF${pem}`],
  ['lines with nothing in them behind', (pem) => `${pem}\n\n \n`],
  ['lines with nothing in them before', (pem) => `\n\r\n  ${pem}`],
  ['spaces at the ends of lines', (pem) => pem.replaceAll('\n', '  \n')],
  ['no line feed at the end', (pem) => pem.trimEnd()],
  ['all at once', (pem) => `\uFEFF "${pem.replaceAll('\n', ' \\r\\n  ')}" \n\n`],
];

describe.each(Object.entries(pems))('%s', (_name, pem) => {
  const fingerprint = fingerprintOf(ec);

  test.each(manglings)('with %s', (_how, mangle) => {
    expect(open(mangle(pem)).fingerprint).toBe(fingerprint);
  });

  test.each([...manglings, ['nothing', (text: string) => text] as const])(
    'in Base64, with %s inside',
    (_how, mangle) => {
      const base64 = Buffer.from(mangle(pem)).toString('base64');
      expect(open(base64, 'base64').fingerprint).toBe(fingerprint);
      expect(open(`${base64}\n`, 'pem').fingerprint).toBe(fingerprint);
    },
  );
});

test('one line of Base64, as "openssl base64 -A" joins it', () => {
  const [, label, body = ''] = /BEGIN (.*)-----\n(.*)-----END/s.exec(rsa) ?? [];
  expect(
    open(`-----BEGIN ${label}-----\n${body.replaceAll('\n', '')}\n-----END ${label}-----`)
      .fingerprint,
  ).toBe(fingerprintOf(rsa));
  expect(
    open(`-----BEGIN ${label}-----${body.replaceAll('\n', '')}-----END ${label}-----`).fingerprint,
  ).toBe(fingerprintOf(rsa));
});

const relabelled = (pem: string, label: string) =>
  pem.replaceAll(/(BEGIN|END) [A-Z ]*PRIVATE KEY/g, `$1 ${label}`);

test.each([
  ['PKCS#1 under the label of PKCS#8', openssl('rsa -traditional', rsa), 'PRIVATE KEY', rsa],
  ['SEC 1 under the label of PKCS#8', openssl('ec', ec), 'PRIVATE KEY', ec],
  ['PKCS#8 under the label of RSA', rsa, 'RSA PRIVATE KEY', rsa],
  ['RSA under the label of EC', rsa, 'EC PRIVATE KEY', rsa],
  ['PKCS#8 under a label that says nothing', rsa, 'ANY PRIVATE KEY', rsa],
  [
    'PKCS#8 that is encrypted, under the label of one that is not',
    openssl(`pkcs8 -topk8 -passout pass:${password}`, rsa),
    'PRIVATE KEY',
    rsa,
  ],
])('%s', (_name, pem, label, key) => {
  expect(open(relabelled(String(pem), label)).fingerprint).toBe(fingerprintOf(key));
});

test('a key between others that are none', () => {
  const file = join(scratchFolder(), 'key.pem');
  writeFileSync(file, ec);
  const request = openssl(['req', '-new', '-key', file, '-subj', '/CN=orders']).toString();
  const all = `${request}${ec}${request}`;
  expect(open(all.replaceAll('\n', '\\n')).fingerprint).toBe(fingerprintOf(ec));
  expect(() => open(`${ec}${rsa}`.replaceAll('\n', '\\n'))).toThrow(
    'holds 2 private keys; it must hold one',
  );
});

const lines = (text: string, length: number) =>
  text.replaceAll(new RegExp(`.{${length}}`, 'g'), '$&\n');

describe.each([
  ['PKCS#12', openssl(`pkcs12 -export -nocerts -passout pass:${password}`, ec), 'pkcs12'],
  ['DER', openssl('pkcs8 -topk8 -nocrypt -outform DER', ec), 'der'],
  ['encrypted DER', openssl(`pkcs8 -topk8 -passout pass:${password} -outform DER`, ec), 'der'],
] as const)('%s in a variable', (_name, content, encoding) => {
  const base64 = content.toString('base64');
  const hex = content.toString('hex');

  test.each([
    ['on one line', base64],
    ['with a line feed', `${base64}\n`],
    ['as "base64" wraps it', `${lines(base64, 76)}\n`],
    ['as "openssl base64" wraps it', `${lines(base64, 64)}\n`],
    ['as Windows wraps it', lines(base64, 64).replaceAll('\n', '\r\n')],
    ['in quotes', `"${base64}"`],
    ['with the mark of UTF-8', `\uFEFF${base64}`],
    ['with line feeds that are two characters', lines(base64, 64).replaceAll('\n', '\\n')],
  ])('in Base64 %s', (_how, text) => {
    expect(open(text, 'base64').fingerprint).toBe(fingerprintOf(ec));
    expect(open(text, encoding).fingerprint).toBe(fingerprintOf(ec));
  });

  test('in hex, on one line and as "xxd -p" wraps it', () => {
    expect(open(hex, 'hex').fingerprint).toBe(fingerprintOf(ec));
    expect(open(`${lines(hex, 60)}\n`, 'hex').fingerprint).toBe(fingerprintOf(ec));
  });
});

test('Base64 of something else than was said names what to set', () => {
  const base64 = openssl('pkcs8 -topk8 -nocrypt -outform DER', rsa).toString('base64');
  expect(() => open(base64, 'pem')).toThrow(
    'is DER in Base64, but material_encoding is "pem"; set material_encoding to "base64"',
  );
  expect(() => open(base64, 'pkcs12')).toThrow(
    'is DER in Base64, but material_encoding is "pkcs12"; set material_encoding to "base64"',
  );
  expect(() => open(openssl('pkcs8 -topk8 -nocrypt -outform DER', rsa), 'pem')).toThrow(
    'is DER, but material_encoding is "pem"; set material_encoding to "der"',
  );
});

/** What a symmetric key is spelt like stays as strict as it was. */
test('a symmetric key is not read more loosely for that', () => {
  const bytes = Buffer.alloc(32, 'abcd');
  for (const text of [
    lines(bytes.toString('base64'), 20),
    `"${bytes.toString('base64')}"`,
    bytes.toString('base64').replace('=', ''),
  ]) {
    expect(() => open(text, 'base64')).toThrow('is not base64');
  }
  expect(() => open(lines(bytes.toString('hex'), 20), 'hex')).toThrow('is not hex');
});

test('whatever a character becomes, the key is the same or refused', () => {
  const fingerprint = fingerprintOf(ec);
  fc.assert(
    fc.property(fc.nat(ec.length - 1), fc.string({ maxLength: 3 }), (at, inserted) => {
      try {
        const material = open(`${ec.slice(0, at)}${inserted}${ec.slice(at + 1)}`);
        expect(material.fingerprint).toBe(fingerprint);
      } catch (error) {
        expect(isByokError(error) && error.code).toBe('ERR_MATERIAL_INVALID');
      }
    }),
  );
});

test('a file full of beginnings is told in one sentence, without a look at all of it for each', () => {
  for (const text of [
    '-----BEGIN '.repeat(90_000),
    '-----BEGIN A-----\n'.repeat(50_000),
    `-----BEGIN PRIVATE KEY-----${'\\'.repeat(900_000)}`,
  ]) {
    expect(() => open(text)).toThrow(
      /cannot be opened as pem|longer than any that a key_spec takes/,
    );
  }
});

test('wipes what it was given', () => {
  for (const [text, encoding] of [
    [Buffer.from(ec.replaceAll('\n', '\\n')), 'pem'],
    [Buffer.from(Buffer.from(ec).toString('base64')), 'pem'],
  ] as const) {
    openContent(text, {
      encoding,
      password: undefined,
      attribute: undefined,
      spelling: wording,
      source: 'x',
    });
    expect(text.every((byte) => byte === 0)).toBe(true);
  }
});
