/**
 * The server's half of go-plugin's mutual TLS: a self-signed P-256 certificate for `localhost`.
 * Each start makes a new one, as DER written by hand (RFC 5280), and never stores it.
 * A certificate library would cost 40 ms and more per start.
 */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { ByokError } from '../../errors';

export interface ServerIdentity {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** The same certificate in the form of the handshake line. */
  readonly der: Buffer;
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Object identifiers, already encoded. */
const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  organization: '55040a',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
} as const;

const name = 'localhost';
const clockSkewMs = 30_000;
/** A provider process lives for one command. A year covers even a debugging session. */
const lifetimeMs = 365 * 24 * 3600 * 1000;

export function createServerIdentity(now: Date): ServerIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const subject = sequence(
    relativeName(oids.organization, 'cdktf-byok'),
    relativeName(oids.commonName, name),
  );
  const toBeSigned = sequence(
    tlv(0xa0, tlv(tags.integer, Buffer.from([2]))),
    tlv(tags.integer, serialNumber()),
    algorithm,
    subject,
    sequence(
      time(new Date(now.getTime() - clockSkewMs)),
      time(new Date(now.getTime() + lifetimeMs)),
    ),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions()),
  );
  const der = sequence(toBeSigned, algorithm, bitString(0, sign('sha256', toBeSigned, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(der),
    der,
  };
}

function extensions(): Buffer {
  const yes = tlv(tags.boolean, Buffer.from([0xff]));
  // digitalSignature (0), and keyCertSign (5) because the certificate signs itself
  // and Terraform puts it into its root pool.
  const usages = Buffer.from([0b1000_0100]);
  return sequence(
    extension(oids.basicConstraints, true, sequence(yes)),
    extension(oids.keyUsage, true, bitString(2, usages)),
    extension(oids.extendedKeyUsage, false, sequence(oid(oids.clientAuth), oid(oids.serverAuth))),
    extension(oids.subjectAltName, false, sequence(tlv(0x82, Buffer.from(name)))),
  );
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(
    oid(id),
    ...(critical ? [tlv(tags.boolean, Buffer.from([0xff]))] : []),
    tlv(tags.octetString, value),
  );
}

/** Positive, never zero, 16 bytes. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** RFC 5280 §4.1.2.5: two-digit years up to 2049, four digits after. */
function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? tlv(0x17, Buffer.from(text.slice(2)))
    : tlv(0x18, Buffer.from(text));
}

function relativeName(id: string, value: string): Buffer {
  return tlv(tags.set, sequence(oid(id), tlv(tags.utf8, Buffer.from(value))));
}

function oid(hex: string): Buffer {
  return tlv(tags.oid, Buffer.from(hex, 'hex'));
}

function bitString(unusedBits: number, value: Buffer): Buffer {
  return tlv(tags.bitString, Buffer.concat([Buffer.from([unusedBits]), value]));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(tags.sequence, Buffer.concat(parts));
}

function tlv(tag: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(value.length), value]);
}

function length(value: number): Buffer {
  if (value < 0x80) {
    return Buffer.from([value]);
  }
  return value < 0x100 ? Buffer.from([0x81, value]) : Buffer.from([0x82, value >> 8, value & 0xff]);
}

function pem(der: Buffer): string {
  // No empty line may come before the end, whatever the length is.
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/**
 * We only compare the certificate, so we need not parse it.
 *
 * @throws ByokError ERR_CONFIGURATION when the text is not a PEM certificate
 */
export function derOfPem(pem: string): Buffer {
  const [, body] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (body === undefined) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'the value of PLUGIN_CLIENT_CERT is not a PEM certificate: start the provider by Terraform or OpenTofu',
    );
  }
  return Buffer.from(body, 'base64');
}
