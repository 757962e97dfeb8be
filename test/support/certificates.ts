/** Certificates of an authority of their own, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerIdentity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface Authority {
  /** PEM. */
  readonly ca: Buffer;
  readonly caFile: string;
  /**
   * The same for the same names. @param names in OpenSSL's spelling, for example
   * "DNS:localhost,IP:127.0.0.1"
   */
  issue(names: string): ServerIdentity;
  remove(): void;
}

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'byok-authority-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    path(name),
  ];
  openssl(
    'req',
    '-x509',
    ...newKey('ca.key'),
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-out',
    path('ca.pem'),
  );
  const issued = new Map<string, ServerIdentity>();
  return {
    ca: readFileSync(path('ca.pem')),
    caFile: path('ca.pem'),
    issue(names) {
      const before = issued.get(names);
      if (before !== undefined) {
        return before;
      }
      const serial = String(issued.size + 1);
      writeFileSync(path('names'), `subjectAltName=${names}\n`);
      openssl(
        'req',
        ...newKey('server.key'),
        '-subj',
        `/CN=test ${serial}`,
        '-out',
        path('server.csr'),
      );
      const signed = [
        '-CA',
        path('ca.pem'),
        '-CAkey',
        path('ca.key'),
        '-set_serial',
        serial,
        '-days',
        '2',
      ];
      openssl(
        'x509',
        '-req',
        '-in',
        path('server.csr'),
        ...signed,
        '-extfile',
        path('names'),
        '-out',
        path('server.pem'),
      );
      const identity = {
        key: readFileSync(path('server.key')),
        cert: readFileSync(path('server.pem')),
      };
      issued.set(names, identity);
      return identity;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
