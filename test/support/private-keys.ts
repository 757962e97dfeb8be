/**
 * Private keys in the forms that openssl writes, and everything in them that must not show up
 * anywhere.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';

export interface SecretFile {
  readonly content: Buffer;
  readonly secrets: Readonly<Record<string, Buffer | string>>;
}

export function randomPassword(): string {
  return `pw-${randomBytes(15).toString('hex')}`;
}

function openssl(args: string, input?: Buffer): Buffer {
  return execFileSync('openssl', args.split(' '), { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

export function ecKey(): Buffer {
  return openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
}

export function rsaKey(): Buffer {
  return openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048');
}

export function clearPem(pem: Buffer): SecretFile {
  return { content: pem, secrets: secretsOf(pem) };
}

export function encryptedPem(pem: Buffer, password: string): SecretFile {
  const content = openssl(`pkcs8 -topk8 -v2 aes-256-cbc -passout pass:${password}`, pem);
  return {
    content,
    secrets: { ...secretsOf(pem), ...linesOf(content, Number.POSITIVE_INFINITY), password },
  };
}

export function pkcs12(pem: Buffer, password: string): SecretFile {
  const content = openssl(`pkcs12 -export -nocerts -passout pass:${password}`, pem);
  return {
    content,
    secrets: { ...secretsOf(pem), 'PKCS#12': content.subarray(120, 168), password },
  };
}

/** PKCS#8, for wrapping by hand. */
export function derOf(pem: Buffer): Buffer {
  return createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
}

/** The numbers that only the owner knows, by their first 48 bytes; and the text, line by line. */
function secretsOf(pem: Buffer): Record<string, Buffer | string> {
  const { d = '', p, q } = createPrivateKey(pem).export({ format: 'jwk' });
  const numbers = Object.entries({ d, ...(p && q ? { p, q } : {}) }).map(([name, value]) => [
    name,
    Buffer.from(value, 'base64url').subarray(0, 48),
  ]);
  // The secret of an EC key is in the first two lines, the rest of an RSA key is of no use without
  // its numbers.
  return { ...Object.fromEntries(numbers), ...(p === undefined ? linesOf(pem, 2) : {}) };
}

function linesOf(pem: Buffer, most: number): Record<string, string> {
  const lines = pem
    .toString()
    .split('\n')
    .filter((line) => line.length >= 32 && !line.startsWith('-----'));
  return Object.fromEntries(lines.slice(0, most).map((line, index) => [`line ${index + 1}`, line]));
}
