/**
 * The entries of a zip archive, which Terraform's plan files are, unpacked in memory. Enough for
 * plans: no zip64, no encryption.
 */
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
}

const localHeader = Buffer.from('PK\x03\x04', 'latin1');
const centralHeader = Buffer.from('PK\x01\x02', 'latin1');
const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');

const stored = 0;

export function isZip(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(localHeader);
}

/**
 * @throws Error when the archive has no directory, or packs an entry in a way that is not deflate
 */
export function zipEntries(bytes: Buffer): ZipEntry[] {
  const end = bytes.lastIndexOf(endOfDirectory);
  if (end < 0) {
    throw new Error('the zip archive has no directory at its end');
  }
  const entries: ZipEntry[] = [];
  for (let at = bytes.readUInt32LE(end + 16); bytes.subarray(at, at + 4).equals(centralHeader); ) {
    const method = bytes.readUInt16LE(at + 10);
    const packedLength = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    // The local header has a name and an extra field of its own lengths.
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + packedLength);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      content: method === stored ? packed : inflateRawSync(packed),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}
