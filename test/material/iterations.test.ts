/**
 * Files that would keep this process busy before their password can be tried: refused by what they
 * say, not by how long they take.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { maxIterations } from '../../lib/material/iterations';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { MaterialEncoding } from '../../lib/terms/material';
import { scratchFolder } from '../support/scratch-folder';

function openssl(args: readonly string[], input?: string): Buffer {
  return execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

const key = openssl([
  'genpkey',
  '-algorithm',
  'EC',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
]).toString();
const password = ['-passout', 'pass:open-sesame'] as const;

function open(content: string | Buffer, encoding: MaterialEncoding) {
  return openContent(Buffer.from(content), {
    encoding,
    password: Secret.fromText('open-sesame'),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "signing.key"',
  });
}

const { fingerprint } = open(key, 'pem');
const tooMany =
  /^the key material in file "signing\.key" asks for \d{7,} iterations to derive the key from its password; allowed are 1000000 [^\n]+$/;

const refused = (content: string | Buffer, encoding: MaterialEncoding) =>
  expect(() => open(content, encoding)).toThrow(tooMany);

/** The same file with another count in it: nobody has to wait for a file to be made. */
function withCount(der: Buffer, from: number, to: number): Buffer {
  const at = der.indexOf(integer(from));
  expect(at).toBeGreaterThan(0);
  return Buffer.concat([der.subarray(0, at), integer(to), der.subarray(at + integer(from).length)]);
}

function integer(value: number): Buffer {
  return Buffer.from(`0203${value.toString(16).padStart(6, '0')}`, 'hex');
}

const pem = (der: Buffer): string =>
  `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;

describe('PKCS#8', () => {
  const protectedBy = (...scheme: readonly string[]): Buffer =>
    openssl(['pkcs8', '-topk8', '-outform', 'DER', '-iter', '70000', ...scheme, ...password], key);

  test.each([
    ['PBES2', ['-v2', 'aes-256-cbc']],
    ['PBES2 with another function', ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512']],
    ['PKCS#12’s own scheme', ['-v1', 'PBE-SHA1-3DES']],
  ])('by %s is opened up to the bound and refused above it, in every spelling', (_, scheme) => {
    const der = protectedBy(...scheme);
    expect(open(der, 'der').fingerprint).toBe(fingerprint);
    const more = withCount(der, 70_000, maxIterations.each + 1);
    refused(more, 'der');
    refused(more.toString('base64'), 'base64');
    refused(more.toString('hex'), 'hex');
    refused(pem(more), 'pem');
    refused(`# of orders\n${pem(more).replaceAll('\n', '\r\n')}`, 'pem');
  });
});

describe('PKCS#12', () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'key.pem'), key);

  function made(...options: readonly string[]): Buffer {
    return openssl([
      'pkcs12',
      '-export',
      '-nocerts',
      '-inkey',
      join(folder, 'key.pem'),
      ...options,
      ...password,
    ]);
  }

  test('is refused for the count of its MAC', () => {
    const file = made('-maciter', '-iter', '33000');
    expect(open(file, 'pkcs12').fingerprint).toBe(fingerprint);
    // The MAC stands at the end.
    const at = file.lastIndexOf(integer(33_000));
    refused(
      Buffer.concat([file.subarray(0, at), integer(5_000_000), file.subarray(at + 5)]),
      'pkcs12',
    );
  });

  test('is refused for the count of its key, which lies in octets', () => {
    refused(withCount(made('-iter', '33000'), 33_000, 5_000_000), 'pkcs12');
  });

  test('is refused for many parts of which each is within the bound', () => {
    const once = withCount(made('-iter', '33000'), 33_000, maxIterations.each);
    const at = once.lastIndexOf(integer(33_000));
    const twice = Buffer.concat([
      once.subarray(0, at),
      integer(maxIterations.each),
      once.subarray(at + 5),
    ]);
    const third = Buffer.concat([
      Buffer.from('300e0408', 'hex'),
      Buffer.alloc(8, 1),
      Buffer.from('02024000', 'hex'),
    ]);
    const outer = Buffer.concat([twice, third]);
    refused(outer, 'pkcs12');
  });

  test('is refused also when it is written with indefinite lengths and octets in pieces', () => {
    const der = forge.asn1.fromDer(
      withCount(made('-iter', '33000'), 33_000, 5_000_000).toString('binary'),
    );
    refused(indefinite(der), 'pkcs12');
  });
});

/** BER of the same, as some programs write it. */
function indefinite({ tagClass, type, constructed, value }: forge.asn1.Asn1): Buffer {
  const tag = tagClass | type | (constructed ? 0x20 : 0);
  if (constructed) {
    const parts = (value as forge.asn1.Asn1[]).map(indefinite);
    return Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)]);
  }
  const content = Buffer.from(value as string, 'binary');
  if (tag !== 4 || content.length < 20) {
    return Buffer.concat([header(tag, content.length), content]);
  }
  const pieces = [content.subarray(0, 10), content.subarray(10)].map((piece) =>
    Buffer.concat([header(4, piece.length), piece]),
  );
  return Buffer.concat([Buffer.from([0x24, 0x80]), ...pieces, Buffer.alloc(2)]);
}

const header = (tag: number, length: number): Buffer =>
  length < 0x80 ? Buffer.from([tag, length]) : Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
