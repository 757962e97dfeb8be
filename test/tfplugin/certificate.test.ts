import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerIdentity, derOfPem } from '../../lib/tfplugin/process/certificate';

const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
const file = join(folder, 'server.pem');
const keyFile = join(folder, 'server.key');
const now = new Date();
const identity = createServerIdentity(now);
writeFileSync(file, identity.certificate);
writeFileSync(keyFile, identity.key);

afterAll(() => rmSync(folder, { recursive: true }));

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('openssl reads what go-plugin needs', () => {
  const text = openssl('x509', '-in', file, '-noout', '-text');
  for (const line of [
    'Version: 3 (0x2)',
    'Signature Algorithm: ecdsa-with-SHA256',
    'ASN1 OID: prime256v1',
    'CA:TRUE',
    'DNS:localhost',
    'Digital Signature, Certificate Sign',
    'TLS Web Client Authentication, TLS Web Server Authentication',
  ]) {
    expect(text).toContain(line);
  }
});

test('openssl verifies it as its own root, for a server named localhost', () => {
  const verified = openssl(
    'verify',
    '-x509_strict',
    '-check_ss_sig',
    '-purpose',
    'sslserver',
    '-verify_hostname',
    'localhost',
    '-CAfile',
    file,
    file,
  );
  expect(verified).toContain(': OK');
});

test('the key belongs to the certificate, and the DER to the PEM', () => {
  expect(openssl('pkey', '-in', keyFile, '-pubout')).toBe(
    openssl('x509', '-in', file, '-noout', '-pubkey'),
  );
  expect(execFileSync('openssl', ['x509', '-in', file, '-outform', 'DER'])).toEqual(identity.der);
});

test('it is valid from a little before now, so that a lagging clock does not matter', () => {
  const start = new Date(
    openssl('x509', '-in', file, '-noout', '-startdate').replace('notBefore=', ''),
  );
  expect(start.getTime()).toBe(Math.floor((now.getTime() - 30_000) / 1000) * 1000);
});

test('dates from 2050 on have four-digit years', () => {
  writeFileSync(
    join(folder, 'late.pem'),
    createServerIdentity(new Date('2049-12-31T23:59:59Z')).certificate,
  );
  const dates = openssl('x509', '-in', join(folder, 'late.pem'), '-noout', '-dates');
  expect(dates).toContain('notBefore=Dec 31 23:59:29 2049 GMT');
  expect(dates).toContain('notAfter=Dec 31 23:59:59 2050 GMT');
});

test('a signature of any length makes a readable certificate', () => {
  const lengths = new Set<number>();
  for (const start of ['2026-01-01T00:00:00Z', '2049-12-31T23:59:59Z', '2060-01-01T00:00:00Z']) {
    for (let i = 0; i < 60; i++) {
      const { certificate, der, key } = createServerIdentity(new Date(start));
      lengths.add(der.length);
      const read = new X509Certificate(certificate);
      expect(read.raw.equals(der)).toBe(true);
      expect(read.verify(read.publicKey) && read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    }
  }
  expect(lengths.size).toBeGreaterThan(3);
});

test('every start has its own key and serial number', () => {
  const serials = new Set(
    Array.from({ length: 20 }, () => createServerIdentity(now)).map(({ der }) =>
      der.subarray(0, 40).toString('hex'),
    ),
  );
  expect(serials.size).toBe(20);
});

test('a PEM certificate is the bytes between its lines', () => {
  const { certificate, der } = createServerIdentity(new Date());
  expect(derOfPem(certificate).equals(der)).toBe(true);
  expect(derOfPem(certificate.replaceAll('\n', '\r\n')).equals(der)).toBe(true);
});
